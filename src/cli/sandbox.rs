//! `zeitnah sandbox`: only the stand-ins, for trying a real configuration against them. Knows no bot and keeps
//! nothing; what it prints is what to put into the environment and the file.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::Utc;
use clap::Args;
use tokio_util::sync::CancellationToken;

use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::listen::locally;
use crate::cli::say;
use crate::cli::serve::told_to_stop;
use crate::cli::tell;
use crate::demo::page;
use crate::port::clock::Clock;
use crate::port::clock::SystemClock;
use standins::Now;
use standins::google;
use standins::google::Google;
use standins::shop;
use standins::shop::Shop;
use standins::sites;
use standins::sites::site::Site;
use standins::slack;
use standins::slack::Slack;

#[derive(Args)]
pub struct Options {
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// A CSV file (id, stars, author, body) of reviews that the shop has and does not push: for `zeitnah import`.
    #[arg(long)]
    reviews: Option<PathBuf>,
    /// Where the shop pushes new items, for example http://127.0.0.1:8080/hook/shop.
    #[arg(long)]
    hook: Option<String>,
    /// Where Slack calls the bot in HTTP mode, for example http://127.0.0.1:8080; without it the bot holds a socket.
    #[arg(long)]
    bot: Option<String>,
}

pub async fn run(options: Options) -> Outcome {
    let listener = locally(options.port).await?;
    let base = format!("http://{}", listener.local_addr()?);
    let now: Now = Arc::new(|| SystemClock.now());
    let settings = slack::Settings::default();
    let (bot_token, app_token, signing) = (
        settings.bot_token.clone(),
        settings.app_token.clone(),
        settings.signing_secret.clone(),
    );
    let slack = Slack::new(now.clone(), settings);
    slack.add_user("U0ANNA", "Anna", "Anna Berger");
    slack.add_user("U0BEN", "Ben", "Ben Okafor");
    slack.add_channel("C0CARE", "care", &["U0ANNA", "U0BEN"]);
    slack.add_group("S0CARE", "care-team", &["U0ANNA", "U0BEN"]);
    slack.set_base(&base);
    if let Some(bot) = &options.bot {
        slack.set_request_urls(
            &format!("{bot}/slack/events"),
            &format!("{bot}/slack/interactions"),
            &format!("{bot}/slack/commands"),
        );
    }
    let shop_settings = shop::Settings {
        hook_url: options.hook.clone(),
        public_url: base.clone(),
        ..Default::default()
    };
    let (hook_secret, reply_secret) = (
        shop_settings.hook_secret.clone(),
        shop_settings.reply_secret.clone(),
    );
    let shop = Shop::new(now.clone(), shop_settings);
    let google = Google::new(
        now.clone(),
        google::Settings {
            public_url: base.clone(),
            ..Default::default()
        },
    );
    if let Some(file) = &options.reviews {
        let items = stock(file)?;
        say(&format!("{} reviews lie in the shop.", items.len()));
        shop.stock(items);
    }
    tell(&format!(
        "export SLACK_BOT_TOKEN={bot_token} SLACK_APP_TOKEN={app_token} SLACK_SIGNING_SECRET={signing}"
    ));
    tell(&format!(
        "export SOURCE_SHOP_SECRET={hook_secret} SOURCE_SHOP_REPLY_SECRET={reply_secret}"
    ));
    say(&format!(
        "api_url = \"{base}/slack/api\", replies at {base}/shop/replies"
    ));

    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        told_to_stop().await;
        asked.cancel();
    });
    let sites: Vec<Arc<dyn Site>> = vec![google, shop];
    let router = slack::router(slack)
        .merge(sites::router(sites.clone(), now))
        .merge(page::router());
    Ok(sites::serve(listener, router, sites, stop).await?)
}

fn stock(file: &PathBuf) -> Result<Vec<shop::Item>, Failure> {
    let mut rows = csv::Reader::from_path(file)?;
    let product = shop::Settings::default()
        .products
        .first()
        .map(|p| p.id.clone())
        .unwrap_or_default();
    let headers = rows.headers()?.clone();
    let column = |name: &str| headers.iter().position(|h| h == name);
    let mut items = Vec::new();
    for row in rows.records() {
        let row = row?;
        let field = |name: &str| {
            column(name)
                .and_then(|at| row.get(at))
                .unwrap_or_default()
                .to_owned()
        };
        items.push(shop::Item {
            id: field("id"),
            product: product.clone(),
            kind: shop::Kind::Review,
            author: field("author"),
            stars: field("stars").parse().ok(),
            text: field("body"),
            created: field("published_at")
                .parse::<chrono::DateTime<Utc>>()
                .unwrap_or_else(|_| SystemClock.now()),
            edited: None,
            removed: None,
            reply: None,
            publications: 0,
        });
    }
    Ok(items)
}
