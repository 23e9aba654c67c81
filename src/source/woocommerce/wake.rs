//! WooCommerce has no webhook about reviews: its topics are orders, products, customers and coupons, and actions of its own
//! that no review sets off. But each review that becomes visible changes its product's stars, and that is told. So a call
//! says only "look now"; what it carries is not read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::source::mac;

const SIGNATURE: &str = "x-wc-webhook-signature";
const TOPIC: &str = "x-wc-webhook-topic";
/// A webhook about orders that was pointed here would wake us with each one.
const TELLING: [&str; 2] = ["product.", "action."];

pub fn admit(secret: &SecretString, call: &HookCall) -> Result<HookNews, HookRefusal> {
    if is_trial(call) {
        return Ok(HookNews::Trial);
    }
    let given = call
        .header(SIGNATURE)
        .ok_or_else(|| unsigned("the header X-WC-Webhook-Signature is missing"))?;
    let given = STANDARD
        .decode(given.trim())
        .map_err(|_| unsigned("X-WC-Webhook-Signature is not base64"))?;
    if !mac::is_signed(secret, &call.body, &given) {
        return Err(unsigned("X-WC-Webhook-Signature was not made with this secret"));
    }
    let topic = call.header(TOPIC).unwrap_or_default();
    match TELLING.iter().any(|begin| topic.starts_with(begin)) {
        true => Ok(HookNews::WakeUp),
        false => Ok(HookNews::Trial),
    }
}

/// When a webhook is saved the shop tries the address with its number and no signature, and shows whether that was
/// answered. Nothing follows from it, so anybody may send it.
fn is_trial(call: &HookCall) -> bool {
    let number = call.body.strip_prefix(b"webhook_id=");
    number.is_some_and(|n| (1..=20).contains(&n.len()) && n.iter().all(u8::is_ascii_digit))
}

fn unsigned(why: &str) -> HookRefusal {
    HookRefusal::Unsigned(why.to_owned())
}
