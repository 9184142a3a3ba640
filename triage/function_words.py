"""Function words: the small words by which a short text shows its language."""

FUNCTION_WORDS: dict[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in {
        "sv": "i å och att det som är inte jag en ett på för med av till den har de om var när hur ni kan vi man ska "
        "från eller men vad min mitt mina mig hos oss er här där efter också bara nu så han hon hej tack vill får "
        "måste någon något nån nåt ja nej ut upp under över vid utan blir blev vilken vem varför ingen inga idag igår "
        "hade skulle hjälp finns inget dig du dom ju nog eran era sen sin sitt sina mvh snälla undrar gör göra går "
        "kommer kom behöver detta denna vart ar nar hjalp maste fran nagon nagot fraga saa aer foer paa hallå hejsan",
        "fi": "ja on ei että se hän minä sinä me te he en et olen olet ole oli olisi ovat olemme mutta kun jos tai "
        "niin "
        "kuin myös vain vielä jo nyt hei moi moikka terve kiitos terveisin mikä mitä missä milloin miten miksi kuka "
        "onko voiko voinko saako saanko minun sinun meidän teidän heidän minulla meillä teillä minua tämä tuo nämä "
        "siellä täällä tänään huomenna eilen kanssa ilman ennen jälkeen pitää täytyy voi voin haluan haluaisin "
        "saada koska mistä mihin minne kai sitä siitä joka jonka päivää hyvää mun sun teijän oo ollu kyllä eikä "
        "enkä ettei vaikka pois apua kello viikko auttaa voisiko voisitteko saisiko teille minulle meille olisiko "
        "eli sekä paljon mitään ketään enää ihan sitten vaan kiitokset ystävällisin koko aina kunnan äidin äiti isä "
        "tarvitsen tarvitsee tarvitsemme lapsi lapsen poika tytär vaimo mies suomeksi suomea ruotsia ruotsin",
        "en": "the and is are to of in for that this it with you your my we our i not have has be can could please "
        "would will do does how when where what who there been was were from but if an at by or on hello hi dear "
        "thanks thank me us they he she his her their any about which into after before just dont cant im still "
        "need want help today yesterday because out up so",
        "no": "og jeg ikke er det en et på for med av til har de om når hvor dere kan vi man skal fra eller men "
        "hva min "
        "mitt meg hos oss her der etter også bare nå så han hun hei takk vil får må noen noe ut opp under uten blir "
        "hvilken hvem hvorfor ingen dag ønsker hilsen fått",
        "da": "og jeg ikke er det en et på for med af til har de om når hvor i kan vi man skal fra eller men hvad min "
        "mit mig hos os her der efter også bare nu så han hun hej tak vil får må nogen noget ud op under uden bliver "
        "hvilken hvem hvorfor ingen dag ønsker hilsen fået jeres",
        "de": "und ich nicht ist das der die ein eine auf für mit von zu den hat haben sie wir wann wie können "
        "kann man "
        "soll aus oder aber was mein meine mich bei uns hier dort nach auch nur jetzt er hallo danke will bitte "
        "muss wo wer warum kein keine ihr ihre sind war werden wird guten tag gruß grüße dem des im es mir zum zur "
        "über vor gibt brauche",
        "so": "waxaan waxa waxay waxuu waan iyo in ku ka aan ah la u oo uu ay ma waa soo kala si loo laga lagu igu iga "
        "fadlan mahadsanid salaan salaam asc sidee goorma halkee xaggee maxaa kee yaa wuu way wey kan tan ilmahayga "
        "carruurta carruur wiilkayga gabadhayda rabaa doonayaa caawimaad caawin hadda maanta shalay mana inaan "
        "mahayo qof guri guriga lacag aniga anigu waxba laakiin haddii ayaan ayaa ayay baan sidaas",
        "ku": "ez tu ew em hûn û li ji di bi de ku ne na nikarim dixwazim heye hene min te wî wê me we çi çawa "
        "kengî kî "
        "silav spas ji bo gelek rojbaş alîkarî alîkariyê zarok zarokê zarokên mal xanî pere ev vê vî yek ser dikarim "
        "dibe divê lê jî her bo nîne tune bûn hat çû ketiye",
        "pl": "i w na z do nie jest się to że jak czy dla od po za mam mój moja moje proszę dzień dobry dziękuję pomoc "
        "pomocy gdzie kiedy co kto ale jeśli albo lub bo są był była mnie mi ja my on ona ich jego jej od przez przy "
        "pod nad już tylko także też może mogę chcę chciałbym chciałabym potrzebuję pozdrawiam jaki jaka ile o",
        "bs": "i u na je se da ne za od sa su sam ili što kako kada gdje ko koji koja koje moj moja moje molim hvala "
        "zdravo dobar dan pomoć trebam treba imam imamo nema nemam dijete djeca sin kćerka ali ako kod iz do po li "
        "mi vi on ona oni smo ste bi biti mogu može želim htio htjela pozdrav postovani poštovani što sta šta ima "
        "nije nisam sta gdje nam vam mu joj njih jer samo već još",
        "tr": "ve bir bu ne mi mı mu mü için ile de da ben sen biz siz var yok değil nasıl nerede zaman kim merhaba "
        "teşekkürler teşekkür ederim lütfen yardım selam günaydın iyi günler çok ama veya gibi kadar benim bizim "
        "sizin çocuğum oğlum kızım istiyorum gerekiyor olarak olan oldu daha hangi neden bana bize şey sonra önce",
        "es": "y el la los las de que en un una es no por para con mi su se lo del al como cuando donde hola gracias "
        "buenos días quiero necesito tengo hay pero está soy ayuda puedo nos mis qué cómo dónde yo muy hijo",
        "fr": "et le la les de des que en un une est ne pas pour avec mon ma mes se du au comment quand où bonjour "
        "merci "
        "je nous vous il elle sur dans qui ce cette ai suis mais besoin voudrais puis plus votre notre aide",
        "ar": "في من على الي هل ان انا لا ما هذا هذه مع عن لم كيف متي اين مرحبا شكرا لكم اريد لدي عندي عندنا نحن التي "
        "الذي كان ليس لكن او قبل بعد السلام عليكم يوجد طفلي ابني ابنتي زوجي زوجتي نريد احتاج لي لنا",
        "fa": "و در از به که را با این آن اين است برای براي من ما شما می مي هم یک يك چه چطور کجا كجا سلام ممنون لطفا "
        "کنم كنم دارم نیست نيست هست شود خود تا اگر ولی ولي بچه کمک كمك میخواهم ميخواهم پسرم دخترم خانه کنید "
        "كنيد چگونه متشکرم",
        "uk": "і й та в у на з що не це як для до від за але чи ми ви я він вона вони мій моя моє будь ласка дякую "
        "доброго "
        "дня добрий день де коли хто є немає маю мене мені можна потрібно треба щоб якщо або вже ще нас вам вас",
        "ru": "и в на с что не это как для до от за но ли мы вы я он она они мой моя мое пожалуйста спасибо добрый "
        "день "
        "здравствуйте где когда кто есть нет меня мне можно нужно надо чтобы если или уже еще нас вам вас у",
    }.items()
}

_CLASHING = "en me te he et on se ei ole tuo oli ja oo moi lapsi mies kai koko la eli vain pois me "
_EVERYDAY = (
    "suomenkielinen suomenkielistä suomenkielisen suomalainen esikoulu esikoulun koulu koulun päiväkoti kirjasto talo "
    "asunto asunnon hakemus hakea lasku laskun maksu kiitti moro terv mummi mummo vanhus vanhusten palvelu palvelua "
    "tulee tule tullut tullu käynyt käyny tiedä tietoa ollenkaan yhtään jotain joku kuinka pitäisi pitäs mää mä mulla "
    "teillon ei sil nii niinku hoitaja avustaja lääke lääkkeet naapuri katu kadun tie tien talvella kesällä"
)
#: Finnish words that no Swedish text holds, also of everyday subjects: two of them make a mixed message Finnish.
FINNISH: frozenset[str] = frozenset(
    (FUNCTION_WORDS["fi"] - FUNCTION_WORDS["sv"] - FUNCTION_WORDS["no"] - set(_CLASHING.split()))
    | set(_EVERYDAY.split())
)
