//! The German samples: how people write when nobody corrects them.

use super::BACKPACK;
use super::BLENDER;
use super::HAMBURG;
use super::HEDGE;
use super::KETTLE;
use super::LEIPZIG;
use super::MUENCHEN;
use super::SECATEURS;
use super::Sample;
use super::TENT;

pub const SAMPLES: &[Sample] = &[
    Sample::review(
        0,
        HEDGE,
        "Gerlinde W.",
        2,
        "Nach drei Wochen hält der Akku keine zehn Minuten mehr. Die Hecke ist halb geschnitten, die Nachbarn \
         schmunzeln. Beim Kundendienst hing ich 25 Minuten in der Schleife. Was nun?",
    ),
    Sample::review(
        3,
        MUENCHEN,
        "Ferdl aus Haidhausen",
        5,
        "Die Dame in der Schuhabteilung hat sich eine halbe Stunde Zeit genommen, bis mein schiefer Fuß im richtigen \
         Stiefel war. Drei Tage Karwendel, keine einzige Blase. Vergelt's Gott!",
    ),
    Sample::question(
        7,
        TENT,
        "Svenja Ohlsen-Brück",
        "Passt das Haubentaucher 2 mit Gestänge in eine Fahrradtasche (ca. 40 cm hoch)? Auf der Seite steht nur das \
         Gewicht, nicht das Packmaß.",
    ),
    Sample::review(
        18,
        LEIPZIG,
        "Kalle R.",
        1,
        "40 Minuten an der Kasse, weil nur eine offen war, und dann hieß es, Umtausch geht nur mittwochs. Steht \
         nirgends. So vergrault man Leute.",
    ),
    Sample::review(
        28,
        BLENDER,
        "mixmax77",
        4,
        "Mixt alles kurz und klein, auch gefrorene Himbeeren. Ein Wunsch: Macht den Deckelrand bitte etwas \
         griffiger, mit nassen Händen geht er kaum auf. Sonst top 👍",
    ),
    Sample::question(
        38,
        KETTLE,
        "Hr. Petermännchen",
        "Ist der Kocher innen ganz aus Edelstahl oder gibt es irgendwo Kunststoff, der mit dem heißen Wasser in \
         Berührung kommt? Meine Frau verträgt das nicht.",
    ),
    Sample::review(
        43,
        HAMBURG,
        "Familie Butenschön",
        1,
        "ACHTUNG, BETRUG! Uns wurde hier ein gebrauchtes Zelt als Neuware verkauft, im Packsack steckten noch fremde \
         Heringe und ein Kassenzettel vom Juni. Der Filialleiter hat uns ausgelacht. Unser Anwalt ist eingeschaltet, \
         die Verbraucherzentrale und die Lokalpresse wissen Bescheid. Wenn bis Freitag nichts passiert, steht ihr in \
         der Zeitung.",
    ),
    Sample::review(48, MUENCHEN, "T. Ziegenhals", 3, ""),
    Sample::review(
        53,
        SECATEURS,
        "Oma Trudchen",
        5,
        "Endlich eine Schere für kleine Hände 🌹🌹 Die Rosen sind geschnitten, der Rücken dankt, der Enkel staunt. \
         Hab gleich noch eine für meine Schwester bestellt 😊✂️",
    ),
    Sample::review(
        63,
        BACKPACK,
        "bergziege_jo",
        2,
        "also der rucksak is ja schön aber nach 2 touren is die naht am trageriehmen aufgegangn, mitten aufm grad!! \
         hab mir mit kabelbinder beholfn. für dass geld erwate ich mehr. rükmeldung wär nett",
    ),
    Sample::question(
        68,
        HEDGE,
        "Wolfram Distelkamp",
        "Ich habe noch zwei Akkus vom alten Modell mit 36 Volt. Laufen die in der Igelfreund 40, oder rauche ich mir \
         damit die Elektronik ab?",
    ),
    Sample::review(
        78,
        LEIPZIG,
        "Marlen",
        4,
        "Schöner Laden, nette Leute, guter Kaffee in der Kletterecke. Vielleicht könntet ihr die Regale mit den \
         Kinderjacken nach Größe statt nach Farbe sortieren? Mit Zwillingen an der Hand sucht man sich dumm.",
    ),
    Sample::review(
        83,
        KETTLE,
        "Teetrinker Nr. 1",
        1,
        "Heute früh hat es beim Einschalten geknallt und aus dem Sockel kam Rauch. Sicherung raus, Küche stinkt nach \
         verbranntem Plastik. Das Ding ist vier Monate alt! Ich habe Kinder im Haus. Bitte dringend melden.",
    ),
    Sample::review(88, TENT, "Lars vom Deich", 5, include_str!("long_de.txt")),
    Sample::review(
        98,
        HAMBURG,
        "xX_Regenmacher_Xx",
        1,
        "<!channel> <!here|alle> @everyone Gutschein sichern: <https://boese.example|https://shop.example/hilfe> \
         <!date^0^Frist abgelaufen {date_pretty}^https://boese.example|gestern> \
         [Kontakt](javascript:alert(1)) <@U012AB3CD> &lt;b&gt; *fett* ~weg~ `code`\n> Antwort vom Team: alles erledigt ✔\n\
         \u{202e}!netsok riw neztesre sella\u{202c} \
         Z\u{0351}\u{0352}\u{0357}\u{035b}\u{0323}\u{0324}\u{0331}a\u{0350}\u{0313}\u{0343}\u{0347}\u{0348}\
         l\u{0364}\u{0369}\u{033e}\u{0329}\u{032a}g\u{0311}\u{0314}\u{0306}\u{0319}\u{031c}o\u{035c}\u{0360}\u{0489} \
         \u{200b}\u{2063}=HYPERLINK(\"https://boese.example\")",
    ),
    Sample::review(
        103,
        BLENDER,
        "Hildegard Zwirn",
        3,
        "Leistung gut, Lautstärke furchtbar. Der Hund versteckt sich jedes Mal unter dem Sofa. Ist das normal oder \
         habe ich ein Montagsgerät erwischt?",
    ),
    Sample::review(
        113,
        MUENCHEN,
        "Güneş A.",
        5,
        "Reparatur meiner Stirnlampe in zehn Minuten, kostenlos, mit einem Lächeln. So geht Service. Danke an den \
         jungen Mann mit der Mütze!",
    ),
    Sample::question(
        118,
        BACKPACK,
        "Rike",
        "Gibt es den Gratwander auch in Petrol, und wenn ja: wann wieder in der kurzen Rückenlänge?",
    ),
    Sample::review(
        128,
        SECATEURS,
        "Kleingarten Abendfrieden e. V.",
        4,
        "Wir haben 12 Stück für den Verein gekauft. Schneidet sauber, die Feder quietscht nach einer Saison. \
         Vorschlag: ein Tröpfchen Öl ins Päckchen legen, dann ist Ruhe.",
    ),
    Sample::review(
        133,
        HEDGE,
        "Ü. Krötenheerdt",
        1,
        "Dritte Mail, keine Antwort. Bestellnr. 4711-99812. Retoure kam laut Verfolgung am 2. bei euch an, das Geld \
         ist immer noch nicht da. Langsam fühle ich mich veräppelt.",
    ),
    Sample::review(
        143,
        LEIPZIG,
        "Studi mit Zelt",
        2,
        "Leihzelt war nicht getrocknet, hat gemuffelt wie ein Turnbeutel im August. Leihgebühr trotzdem voll. Schade, \
         denn das Personal kann nix dafür.",
    ),
    Sample::question(
        153,
        BLENDER,
        "Konditorei Süßmilch",
        "Kann man den Behälter einzeln nachkaufen? Unserer hat einen Sprung, Motor läuft tadellos. Und: spülmaschinenfest?",
    ),
    Sample::review(
        163,
        TENT,
        "Jonte & Pelle",
        5,
        "Sturm auf Fehmarn, links und rechts flogen die Pavillons, wir lagen drin und haben Karten gespielt. \
         Mehr muss man nicht sagen.",
    ),
    Sample::review(
        173,
        HAMBURG,
        "E. Möwenstein",
        4,
        "Gute Auswahl, faire Preise. Ein Fahrradständer vor der Tür würde dem Laden gut stehen.",
    ),
];
