//! The far side of a site that calls us: a shop with a hook for its reviews and an address for our answers.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use serde_json::Value;
use standins::shop;
use standins::shop::Kind;
use standins::shop::Shop;

use crate::desk::SHEARS;
use crate::far::Far;
use crate::far::Seen;

struct Hand {
    shop: Arc<Shop>,
    settings: shop::Settings,
}

pub fn open(now: standins::Now, hooks: &str) -> Arc<dyn Far> {
    let settings = shop::Settings {
        hook_url: Some(format!("{hooks}/hook/far")),
        ..Default::default()
    };
    let shop = Shop::new(now, settings.clone());
    Arc::new(Hand { shop, settings })
}

#[async_trait]
impl Far for Hand {
    fn section(&self) -> String {
        r#"
        [[source]]
        name = "far"
        kind = "push"
        label = "Gartenshop"
        [source.reply]
        url = "BASE/shop/replies"
        max_chars = 2000
        edit = true
        delete = true
        "#
        .to_owned()
    }

    fn env(&self, name: &str) -> Option<String> {
        match name {
            "SOURCE_FAR_SECRET" => Some(self.settings.hook_secret.clone()),
            "SOURCE_FAR_REPLY_SECRET" => Some(self.settings.reply_secret.clone()),
            _ => None,
        }
    }

    fn router(&self) -> Router {
        shop::router(self.shop.clone())
    }

    fn write(&self, stars: u8, text: &str) -> String {
        self.shop
            .write(SHEARS, "Jule K.", Kind::Review, Some(stars), text)
            .unwrap()
    }

    fn edit(&self, id: &str, stars: u8, text: &str) {
        self.shop.edit(id, Some(stars), text).unwrap();
    }

    fn remove(&self, id: &str) {
        self.shop.remove(id).unwrap();
    }

    fn seen(&self, id: &str) -> Seen {
        let public = self.shop.public(id).unwrap();
        Seen {
            reply: public.reply,
            publications: public.publications,
        }
    }

    async fn tick(&self) {
        self.shop.tick().await;
    }

    fn garble(&self) -> Option<fn(&mut Value)> {
        None
    }
}
