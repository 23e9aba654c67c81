//! The other sites of the demo's world: app stores, opinion portals, other shops. Each has its far side, its section of the
//! settings and the secrets that it names, and nobody has a past there.

use std::sync::Arc;

use standins::Now;
use standins::appstore;
use standins::appstore::AppStore;
use standins::bazaarvoice;
use standins::bazaarvoice::Bazaarvoice;
use standins::etrusted;
use standins::etrusted::Etrusted;
use standins::judgeme;
use standins::judgeme::Judgeme;
use standins::play;
use standins::play::Play;
use standins::sites::site::Site;
use standins::trustpilot;
use standins::trustpilot::Trustpilot;
use standins::woocommerce;
use standins::woocommerce::WooCommerce;

use crate::port::clock::Clock as _;
use crate::port::clock::SystemClock;

/// Whoever knows it may call the bot in Trustpilot's name.
const CALLS_WITH: &str = "sandbox0hook0token0that0nobody0guesses";
/// Between the shop and the bot.
const WEBHOOK: &str = "sandbox-webhook-secret";

pub fn sites(now: &Now, base: &str, hooks: &str) -> Vec<Arc<dyn Site>> {
    vec![
        Play::new(now.clone(), play::Settings::default()),
        AppStore::new(now.clone(), appstore::Settings::default()),
        Trustpilot::new(
            now.clone(),
            trustpilot::Settings {
                hook_url: Some(format!("{hooks}/hook/trustpilot/{CALLS_WITH}")),
                ..Default::default()
            },
        ),
        Etrusted::new(now.clone(), etrusted::Settings::default()),
        WooCommerce::new(
            now.clone(),
            woocommerce::Settings {
                webhook: Some(woocommerce::Webhook {
                    url: format!("{hooks}/hook/woocommerce"),
                    secret: WEBHOOK.into(),
                }),
                public_url: base.to_owned(),
                ..Default::default()
            },
        ),
        Judgeme::new(
            now.clone(),
            judgeme::Settings {
                webhook: Some(judgeme::Webhook {
                    url: format!("{hooks}/hook/judgeme"),
                    secret: judgeme::Settings::default().api_token,
                }),
                ..Default::default()
            },
        ),
        Bazaarvoice::new(now.clone(), bazaarvoice::Settings::default()),
    ]
}

/// What the sections ask the environment for.
pub const SECRETS: [&str; 17] = [
    "PLAY_KEY",
    "APPSTORE_KEY",
    "TRUSTPILOT_API_KEY",
    "TRUSTPILOT_API_SECRET",
    "TRUSTPILOT_HOOK_TOKEN",
    "ETRUSTED_CLIENT_ID",
    "ETRUSTED_CLIENT_SECRET",
    "SOURCE_WOOCOMMERCE_CONSUMER_KEY",
    "SOURCE_WOOCOMMERCE_CONSUMER_SECRET",
    "SOURCE_WOOCOMMERCE_APPLICATION_PASSWORD",
    "SOURCE_WOOCOMMERCE_WEBHOOK_SECRET",
    "SOURCE_JUDGEME_API_TOKEN",
    "SOURCE_BAZAARVOICE_PASSKEY",
    "SOURCE_BAZAARVOICE_RESPONSE_PASSKEY",
    "SOURCE_BAZAARVOICE_CLIENT_ID",
    "SOURCE_BAZAARVOICE_CLIENT_SECRET",
    "SOURCE_BAZAARVOICE_REFRESH_TOKEN",
];

pub fn secret(name: &str) -> Option<String> {
    let now: Now = Arc::new(|| SystemClock.now());
    let (portal, seal, shop) = (
        trustpilot::Settings::default(),
        etrusted::Settings::default(),
        woocommerce::Settings::default(),
    );
    match name {
        "PLAY_KEY" => Some(Play::new(now, play::Settings::default()).key_file()),
        "APPSTORE_KEY" => Some(AppStore::new(now, appstore::Settings::default()).key_file()),
        "TRUSTPILOT_API_KEY" => Some(portal.api_key),
        "TRUSTPILOT_API_SECRET" => Some(portal.api_secret),
        "TRUSTPILOT_HOOK_TOKEN" => Some(CALLS_WITH.to_owned()),
        "ETRUSTED_CLIENT_ID" => Some(seal.client_id),
        "ETRUSTED_CLIENT_SECRET" => Some(seal.client_secret),
        "SOURCE_WOOCOMMERCE_CONSUMER_KEY" => Some(shop.consumer_key),
        "SOURCE_WOOCOMMERCE_CONSUMER_SECRET" => Some(shop.consumer_secret),
        "SOURCE_WOOCOMMERCE_APPLICATION_PASSWORD" => Some(shop.password),
        "SOURCE_WOOCOMMERCE_WEBHOOK_SECRET" => Some(WEBHOOK.to_owned()),
        "SOURCE_JUDGEME_API_TOKEN" => Some(judgeme::Settings::default().api_token),
        "SOURCE_BAZAARVOICE_PASSKEY" => Some(bazaarvoice::Settings::default().passkey),
        "SOURCE_BAZAARVOICE_RESPONSE_PASSKEY" => Some(bazaarvoice::Settings::default().response_passkey),
        "SOURCE_BAZAARVOICE_CLIENT_ID" => Some(bazaarvoice::Settings::default().client_id),
        "SOURCE_BAZAARVOICE_CLIENT_SECRET" => Some(bazaarvoice::Settings::default().client_secret),
        "SOURCE_BAZAARVOICE_REFRESH_TOKEN" => Some(bazaarvoice::Settings::default().refresh_token),
        _ => None,
    }
}

/// Their sections of the file.
pub fn sections(base: &str) -> String {
    let (app, store) = (play::Settings::default().app, appstore::Settings::default());
    let portal = trustpilot::Settings::default();
    let named = |places: &[standins::sites::Place]| {
        let all = places
            .iter()
            .map(|place| format!("{{ id = {:?}, name = {:?} }}", place.id, place.name));
        all.collect::<Vec<_>>().join(", ")
    };
    format!(
        r#"
[[source]]
name = "play"
kind = "play"
label = "Google Play"
app = {app}
base_url = "{base}/play"
token_url = "{base}/play/token"
poll_minutes = 1

[[source]]
name = "appstore"
kind = "appstore"
label = "App Store"
app = {store_app}
issuer_id = "{issuer}"
key_id = "{key}"
base_url = "{base}/appstore"
poll_minutes = 1

[[source]]
name = "trustpilot"
kind = "trustpilot"
label = "Trustpilot"
business_units = [{units}]
business_user = "{user}"
base_url = "{base}/trustpilot"
token_url = "{base}/trustpilot/v1/oauth/oauth-business-users-for-applications/accesstoken"
poll_minutes = 1
[source.hook]

[[source]]
name = "etrusted"
kind = "etrusted"
label = "Trusted Shops"
channels = [{channels}]
base_url = "{base}/etrusted"
token_url = "{base}/etrusted/oauth/token"
poll_minutes = 1

[[source]]
name = "woocommerce"
kind = "woocommerce"
label = "WooCommerce"
url = "{base}/woocommerce"
poll_minutes = 1
[source.reply]
user = "service"
[source.webhook]

[[source]]
name = "judgeme"
kind = "judgeme"
label = "Judge.me"
shop_domain = "{domain}"
base_url = "{base}/judgeme/api/v1"
poll_minutes = 1
[source.webhook]

[[source]]
name = "bazaarvoice"
kind = "bazaarvoice"
label = "Bazaarvoice"
client = "{client}"
base_url = "{base}/bazaarvoice"
poll_minutes = 1
[source.reply]
department = "Kundenservice"
[source.answer]
user = "{answerer}"
nickname = "Gartenmarkt"
"#,
        app = named(&[app]),
        store_app = named(std::slice::from_ref(&store.app)),
        issuer = store.issuer_id,
        key = store.key_id,
        units = named(&portal.business_units),
        user = portal.business_user,
        channels = named(&etrusted::Settings::default().channels),
        domain = judgeme::Settings::default().shop_domain,
        client = bazaarvoice::Settings::default().client,
        answerer = bazaarvoice::Settings::default().user,
    )
}
