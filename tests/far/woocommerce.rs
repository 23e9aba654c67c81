//! A shop's far side: reviews of its products, and a webhook that tells only that a product changed.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use serde_json::Value;
use serde_json::json;
use standins::woocommerce;
use standins::woocommerce::Webhook;
use standins::woocommerce::WooCommerce;

use crate::far::Far;
use crate::far::Seen;
use crate::far::elsewhere;

struct Hand {
    shop: Arc<WooCommerce>,
    settings: woocommerce::Settings,
}

pub fn open(now: standins::Now, hooks: &str) -> Arc<dyn Far> {
    let settings = woocommerce::Settings {
        webhook: Some(Webhook {
            url: format!("{hooks}/hook/far"),
            secret: "told-only-to-both".to_owned(),
        }),
        ..Default::default()
    };
    let shop = WooCommerce::new(now, settings.clone());
    Arc::new(Hand { shop, settings })
}

#[async_trait]
impl Far for Hand {
    fn section(&self) -> String {
        r#"
        [[source]]
        name = "far"
        kind = "woocommerce"
        label = "Gartenshop"
        url = "BASE/woocommerce"
        [source.reply]
        user = "service"
        [source.webhook]
        "#
        .to_owned()
    }

    fn env(&self, name: &str) -> Option<String> {
        match name {
            "SOURCE_FAR_CONSUMER_KEY" => Some(self.settings.consumer_key.clone()),
            "SOURCE_FAR_CONSUMER_SECRET" => Some(self.settings.consumer_secret.clone()),
            "SOURCE_FAR_APPLICATION_PASSWORD" => Some(self.settings.password.clone()),
            "SOURCE_FAR_WEBHOOK_SECRET" => Some("told-only-to-both".to_owned()),
            _ => None,
        }
    }

    fn router(&self) -> Router {
        woocommerce::router(self.shop.clone())
    }

    fn write(&self, stars: u8, text: &str) -> String {
        self.shop.write("322", "Jule K.", stars, text).unwrap()
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
            reply: public.replies.last().cloned(),
            publications: u32::try_from(public.publications).unwrap(),
        }
    }

    async fn tick(&self) {
        self.shop.tick().await;
    }

    /// Its list is no object.
    fn nothing(&self) -> &'static str {
        "[]"
    }

    /// A shop's key lasts until somebody takes it back.
    fn renews(&self) -> bool {
        false
    }

    fn garble(&self) -> Option<fn(&mut Value)> {
        Some(|answer| {
            for review in answer.as_array_mut().into_iter().flatten() {
                review["rating"] = json!("ELEVEN");
                review["status"] = json!("celebrated");
                let gmt = format!("{}Z", review["date_created_gmt"].as_str().unwrap());
                review["date_created_gmt"] = json!(elsewhere(&gmt));
            }
        })
    }
}
