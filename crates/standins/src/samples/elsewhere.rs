//! What people write in the app stores, on opinion portals and in other shops.

use super::Sample;
use super::Spot;

const PLAY: Spot = Spot {
    site: "play",
    place: "com.example.garden",
};
const APPSTORE: Spot = Spot {
    site: "appstore",
    place: "1071000001",
};
const TRUSTPILOT: Spot = Spot {
    site: "trustpilot",
    place: "46d6a890000064000500e0c3",
};
const ETRUSTED: Spot = Spot {
    site: "etrusted",
    place: "chl-3cd85eba-c280-441e-b90a-5760b8b80410",
};
const WOOCOMMERCE: Spot = Spot {
    site: "woocommerce",
    place: "322",
};
const JUDGEME: Spot = Spot {
    site: "judgeme",
    place: "garten.myshopify.com",
};

const BAZAARVOICE: Spot = Spot {
    site: "bazaarvoice",
    place: "SKU-1002",
};

pub const SAMPLES: &[Sample] = &[
    Sample::review(
        17,
        PLAY,
        "Marta",
        2,
        "Seit dem letzten Update erinnert mich die App zweimal am Tag ans Gießen, und beide Male zu spät.",
    ),
    Sample::review(
        37,
        TRUSTPILOT,
        "Ute Pagel",
        3,
        "Drei Tage später als versprochen, dafür war der Mensch am Telefon sehr nett.",
    ),
    Sample::review(
        62,
        APPSTORE,
        "hafenblick",
        4,
        "Endlich ein Pflanzkalender, der weiß, wie das Wetter hier wirklich ist. Eine Ansicht für das iPad fehlt.",
    ),
    Sample::review(
        84,
        ETRUSTED,
        "Jule K.",
        5,
        "Schnell geliefert, gut verpackt, und die Anleitung versteht man ohne Studium.",
    ),
    Sample::review(
        106,
        WOOCOMMERCE,
        "Claudia Sommerkorn",
        1,
        "Der Deckel schließt nicht. In der Schultasche war danach alles voll Joghurt.",
    ),
    Sample::review(
        134,
        JUDGEME,
        "Rolf Achterberg",
        4,
        "Schneidet sauber, liegt gut in der Hand. Nur das Etui könnte eine Schlaufe vertragen.",
    ),
    Sample::question(
        146,
        BAZAARVOICE,
        "koch77",
        "Passt der Aufsatz auch auf das Modell von 2019?",
    ),
];
