"""An independent, slow calculation of open time: walk second by second and look at the clock on the wall."""

from datetime import date, datetime, timedelta

from domain.hours import HalfDay
from domain.instant import STOCKHOLM

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def easter(year):
    """Return Easter Sunday by the Gregorian computus."""
    golden, century = year % 19, year // 100
    skipped = century - century // 4 - (8 * century + 13) // 25
    epact = (19 * golden + skipped + 15) % 30
    moon = epact - (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    ahead = moon - weekday
    month = 3 + (ahead + 40) // 44
    return date(year, month, ahead + 28 - 31 * (month // 4))


def _saturday_from(day):
    return day + DAY * ((5 - day.weekday()) % 7)


def red_days(year):
    """Return the red days by name, as lag 1989:253 gives them."""
    sunday = easter(year)
    return {
        "new year": date(year, 1, 1),
        "epiphany": date(year, 1, 6),
        "good friday": sunday - 2 * DAY,
        "easter": sunday,
        "easter monday": sunday + DAY,
        "may day": date(year, 5, 1),
        "ascension": sunday + 39 * DAY,
        "whitsun": sunday + 49 * DAY,
        "national day": date(year, 6, 6),
        "midsummer": _saturday_from(date(year, 6, 20)),
        "all saints": _saturday_from(date(year, 10, 31)),
        "christmas": date(year, 12, 25),
        "boxing day": date(year, 12, 26),
    }


HALF = {
    HalfDay.trettondagsafton: "epiphany",
    HalfDay.skartorsdag: "good friday",
    HalfDay.valborgsmassoafton: "may day",
    HalfDay.before_ascension_day: "ascension",
    HalfDay.before_national_day: "national day",
    HalfDay.before_all_saints_day: "all saints",
}


def closed_by_calendar(calendar, day):
    red = red_days(day.year)
    eves = {red["midsummer"] - DAY, date(day.year, 12, 24), date(day.year, 12, 31)}
    return day in set(red.values()) | eves | set(calendar.closed_days)


def works(calendar, day):
    return day.weekday() < 5 and not closed_by_calendar(calendar, day)


def ends_early(calendar, day):
    red = red_days((day + DAY).year)
    return works(calendar, day) and any(red[HALF[half]] == day + DAY for half in calendar.half_days)


class Walker:
    """Walks through the time of one schedule."""

    def __init__(self, schedule, calendar):
        self.schedule = schedule
        self.calendar = calendar
        self.hours = {}

    def hours_on(self, day):
        """Return the (opens, closes) pairs of a day."""
        if day not in self.hours:
            self.hours[day] = self._look_up(day)
        return self.hours[day]

    def _look_up(self, day):
        for exception in self.schedule.exceptions:
            if exception.first <= day <= exception.last:
                return [(span.opens, span.closes) for span in exception.spans]
        if closed_by_calendar(self.calendar, day):
            return []
        hours = []
        for weekly in self.schedule.weekly:
            if (weekly.valid_from is None or weekly.valid_from <= day) and (
                weekly.valid_to is None or day <= weekly.valid_to
            ):
                hours = [(span.opens, span.closes) for span in weekly.week[day.weekday()]]
        early = self.schedule.half_day_closes
        if early is not None and ends_early(self.calendar, day):
            hours = [(opens, min(closes, early)) for opens, closes in hours if opens < early]
        return hours

    def open_at(self, instant):
        """Say what the clock on the wall and the sign on the door say."""
        local = instant.astimezone(STOCKHOLM)
        return any(opens <= local.time() < closes for opens, closes in self.hours_on(local.date()))

    def add(self, instant, minutes):
        """Return the end of the last of so many open minutes; the instant is a whole minute."""
        return self.step(instant, minutes, MINUTE)

    def step(self, instant, count, length):
        """Return the end of the last of so many open steps; hours open and close at whole steps of the instant."""
        while count:
            if self.open_at(instant):
                count -= 1
            instant += length
        return instant

    def count_days(self, instant, days):
        """Return the date of the last of so many working days, by C3."""
        day = datetime.astimezone(instant, STOCKHOLM).date()
        while days:
            day += DAY
            days -= works(self.calendar, day)
        return day
