//! A person at the page: finds things by what they are called, presses them with real clicks and keys, and waits until
//! something is so. What the page shows is all that a person knows.

use std::path::PathBuf;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use serde_json::Value;
use serde_json::json;
use thirtyfour::By;
use thirtyfour::Key;
use thirtyfour::WebDriver;
use thirtyfour::WebElement;

use super::driver;
pub use super::driver::Screen;
use crate::demo::Demo;
use crate::demo::until;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Whatever can be pressed below `arguments[0]` and is called `arguments[1]`, as a screen reader would say it.
const CALLED: &str = r#"
const [within, name] = arguments;
const text = (n) => n.textContent.replace(/\s+/g, " ").trim();
const called = (n) => n.getAttribute("aria-label")
  || (n.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean).map((id) => text(document.getElementById(id))).join(" ")
  || text(n);
const all = document.querySelectorAll(`${within} :is(button, summary, a[href], [role=tab], [role=menuitem])`);
return [...all].find((n) => n.checkVisibility() && called(n) === name) || null;
"#;

/// The newest of the things like `arguments[0]` that holds the words `arguments[1]`: its own address.
const HOLDS: &str = r#"
const [what, words] = arguments;
const hit = [...document.querySelectorAll(what)].findLast((n) => n.checkVisibility() && n.textContent.includes(words));
if (!hit) return null;
for (const name of ["data-ts", "data-id"]) {
  if (hit.getAttribute(name)) return `#${hit.closest("[id]:not(article)").id} [${name}="${hit.getAttribute(name)}"]`;
}
return null;
"#;

/// From now on the first click counts if it meets `arguments[0]`; any other is kept from whatever it meets.
const AIMED: &str = r#"
const [target] = arguments;
const aim = new AbortController();
window.aimed = { met: false, end: () => aim.abort() };
addEventListener("click", (event) => {
  aim.abort();
  window.aimed.met = target.contains(event.target);
  if (!window.aimed.met) event.preventDefault(), event.stopImmediatePropagation();
}, { capture: true, signal: aim.signal });
"#;

/// Whether it did.
const MET: &str = "window.aimed.end(); return window.aimed.met;";

const FOCUSED: &str = r#"
const n = document.activeElement;
return (n.getAttribute("aria-label") || n.textContent || n.id).replace(/\s+/g, " ").trim();
"#;

/// What makes the page wider than the screen.
const WIDE: &str = r#"
const screen = Math.round(visualViewport.width * visualViewport.scale);
if (document.documentElement.scrollWidth <= screen && innerWidth <= screen) return [];
const out = [...document.querySelectorAll("body *")].filter((n) => n.getBoundingClientRect().right > screen + 0.5);
const name = (n) => `${n.tagName} #${n.id} .${n.className} ${Math.round(n.getBoundingClientRect().right)} of ${screen}`;
return [`${document.documentElement.scrollWidth}, ${innerWidth}`, ...out.slice(0, 25).map(name)];
"#;

/// Presses `arguments[2]` on the card `arguments[0]` and says after how many milliseconds each of the two cards says
/// `arguments[3]`; null when it did not happen.
const TIMED: &str = r#"
const [here, there, name, words, done] = arguments;
const card = (what) => document.querySelector(what)?.textContent ?? "";
const button = [...document.querySelectorAll(`${here} button`)].find((b) => b.textContent.trim() === name);
if (!button || card(here).includes(words) || card(there).includes(words)) return done(null);
const began = performance.now();
const at = {};
const look = () => {
  const now = performance.now() - began;
  for (const [key, what] of [["here", here], ["there", there]]) if (!(key in at) && card(what).includes(words)) at[key] = now;
  if ("here" in at && "there" in at) done([at.here, at.there]);
  else if (now > 20000) done(null);
  else requestAnimationFrame(look);
};
button.click();
look();
"#;

pub struct Person {
    pub driver: WebDriver,
    base: String,
    home: PathBuf,
}

impl Person {
    pub async fn sits_down(demo: &Demo, screen: Screen) -> Self {
        Self::sits_down_speaking(demo, screen, "de").await
    }

    /// At a browser in their own language.
    pub async fn sits_down_speaking(demo: &Demo, screen: Screen, lang: &str) -> Self {
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let home = std::env::temp_dir().join(format!("zeitnah-browser-{}-{n}", std::process::id()));
        let driver = driver::open(screen, lang, &home).await;
        driver.goto(&demo.base).await.unwrap();
        let person = Self {
            driver,
            base: demo.base.clone(),
            home,
        };
        person.sees("#line", "").await;
        person.is_there("#me input[value=U0ANNA]").await;
        person
    }

    /// Nothing went wrong behind the scenes: no error, nothing that the policy stopped, nobody else was asked.
    pub async fn leaves(self) {
        let errors: Vec<String> = self
            .driver
            .browser_log()
            .await
            .unwrap()
            .into_iter()
            .filter(|entry| entry.level == "SEVERE" || entry.message.contains("Content Security Policy"))
            .map(|entry| entry.message)
            .collect();
        assert!(errors.is_empty(), "the browser complains: {errors:#?}");
        let mut asked = 0;
        for entry in self.driver.get_log("performance").await.unwrap() {
            let event: Value = serde_json::from_str(&entry.message).unwrap();
            // The empty page that the browser opens with is its own.
            let url = event["message"]["params"]["request"]["url"].as_str();
            if let Some(url) = url.filter(|url| url.starts_with("http")) {
                assert!(url.starts_with(&self.base), "the page asked elsewhere: {url}");
                asked += 1;
            }
        }
        assert!(asked > 10, "the browser's log says nothing: {asked}");
        self.driver.quit().await.unwrap();
        std::fs::remove_dir_all(&self.home).ok();
    }

    /// Kept for people to look at.
    pub async fn shows(&self, name: &str) {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target"),
            PathBuf::from,
        );
        let folder = target.join("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        self.driver
            .screenshot(&folder.join(format!("{name}.png")))
            .await
            .unwrap();
    }

    /// Brought to the middle of whatever it scrolls in.
    pub async fn looks_at(&self, what: &str) {
        let script = "document.querySelector(arguments[0])?.scrollIntoView({ block: 'center' })";
        self.run(script, vec![json!(what)]).await;
    }

    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        let done = self.driver.execute(script, arguments).await;
        done.map_or(Value::Null, |done| done.json().clone())
    }

    pub async fn text(&self, what: &str) -> String {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map((n) => n.textContent).join('\\n')";
        let text = self.run(script, vec![json!(what)]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    pub async fn attribute(&self, what: &str, name: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.getAttribute(arguments[1])";
        let value = self.run(script, vec![json!(what), json!(name)]).await;
        value.as_str().unwrap_or_default().to_owned()
    }

    pub async fn sees(&self, what: &str, words: &str) {
        until(&format!("{what} says {words:?}"), async || {
            self.text(what).await.contains(words) && (!words.is_empty() || !self.text(what).await.is_empty())
        })
        .await;
    }

    pub async fn sees_no(&self, what: &str, words: &str) {
        until(&format!("{what} no longer says {words:?}"), async || {
            !self.text(what).await.contains(words)
        })
        .await;
    }

    pub async fn is_there(&self, what: &str) -> WebElement {
        let mut found = None;
        until(&format!("{what} is there"), async || {
            found = self.driver.find(By::Css(what)).await.ok();
            found.is_some()
        })
        .await;
        found.unwrap()
    }

    /// The newest card, message or review with these words.
    pub async fn finds(&self, what: &str, words: &str) -> String {
        let mut found = Value::Null;
        until(&format!("a {what} holds {words:?}"), async || {
            found = self.run(HOLDS, vec![json!(what), json!(words)]).await;
            !found.is_null()
        })
        .await;
        found.as_str().unwrap().to_owned()
    }

    pub async fn card(&self, words: &str) -> String {
        self.finds("#messages article[data-item]", words).await
    }

    pub async fn discord_card(&self, words: &str) -> String {
        self.finds("#discord-messages article[data-item]", words).await
    }

    /// A click on whatever has this name below `within`. The page may redraw it or move it away between aiming and pressing,
    /// as it does for people: what meets something else, or nothing, is no press, and is tried again.
    pub async fn presses(&self, within: &str, name: &str) {
        until(&format!("{name:?} in {within} can be pressed"), async || {
            let found = self
                .driver
                .execute(CALLED, vec![json!(within), json!(name)])
                .await;
            let Ok(button) = found.and_then(|found| found.element()) else {
                return false;
            };
            let Ok(it) = button.to_json() else {
                return false;
            };
            if self.driver.execute(AIMED, vec![it]).await.is_err() {
                return false;
            }
            button.scroll_into_view().await.ok();
            button.click().await.ok();
            self.run(MET, vec![]).await == true
        })
        .await;
    }

    /// Presses a button of the card `here`, and measures in the browser until both cards say what came of it.
    pub async fn times(&self, here: &str, there: &str, name: &str, words: &str) -> (f64, f64) {
        let arguments = [here, there, name, words].map(|a| json!(a)).to_vec();
        let done = self.driver.execute_async(TIMED, arguments).await.unwrap();
        let took = done.json();
        let ms = |n: usize| took[n].as_f64();
        let (Some(own), Some(other)) = (ms(0), ms(1)) else {
            panic!("{name:?} on {here} did not lead to {words:?} on both cards: {took}");
        };
        (own, other)
    }

    pub async fn clicks(&self, what: &str) {
        until(&format!("{what} can be clicked"), async || {
            let Ok(thing) = self.driver.find(By::Css(what)).await else {
                return false;
            };
            thing.click().await.is_ok()
        })
        .await;
    }

    pub async fn can_press(&self, within: &str, name: &str) -> bool {
        let found = self
            .driver
            .execute(CALLED, vec![json!(within), json!(name)])
            .await;
        found.is_ok_and(|found| found.element().is_ok())
    }

    pub async fn types(&self, what: &str, text: &str) {
        let field = self.is_there(what).await;
        // Over whatever stands there already.
        field.send_keys(Key::Control + "a").await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub async fn acts_as(&self, user: &str) {
        self.clicks(&format!("#me label:has(input[value={user}])")).await;
    }

    pub async fn enters(&self, room: &str) {
        self.clicks(&format!("[data-room={room}]")).await;
    }

    pub async fn hits(&self, key: Key) {
        self.driver.action_chain().send_keys(key).perform().await.unwrap();
    }

    pub async fn keys(&self, text: &str) {
        self.driver
            .action_chain()
            .send_keys(text)
            .perform()
            .await
            .unwrap();
    }

    pub async fn focus(&self) -> String {
        let focused = self.run(FOCUSED, vec![]).await;
        focused.as_str().unwrap_or_default().to_owned()
    }

    /// By Tab alone.
    pub async fn tabs_to(&self, name: &str) {
        self.tabs_to_inside("body", name).await;
    }

    pub async fn tabs_to_inside(&self, within: &str, name: &str) {
        let inside = "return document.querySelector(arguments[0]).contains(document.activeElement)";
        let mut way = Vec::new();
        for _ in 0..150 {
            let here = self.focus().await;
            if here == name && self.run(inside, vec![json!(within)]).await == true {
                return;
            }
            way.push(here);
            self.hits(Key::Tab).await;
        }
        panic!("Tab never comes to {name:?}; it went over {way:#?}");
    }

    /// Nothing sticks out to the right.
    pub async fn fits(&self) {
        let wide = self.run(WIDE, vec![]).await;
        assert_eq!(wide, json!([]), "these stick out");
    }
}
