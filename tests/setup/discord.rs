//! Setting up with Discord: `check`, `card` and the start tell the same things that they tell of Slack, in Discord's
//! words, each in its line.

use standins::discord::Fault;
use standins::discord::Permission;
use standins::discord::Tag;
use zeitnah::store::Store;
use zeitnah::store::item;
use zeitnah::store::item::Filter;

use crate::setup::Bench;
use crate::setup::D_ANNA;
use crate::setup::D_ROLE;
use crate::setup::D_ROOM;
use crate::setup::start::Replica;

/// What is said about Discord.
fn area(out: &str) -> String {
    let from = out.lines().skip_while(|l| *l != "Discord").skip(1);
    let lines: Vec<&str> = from.take_while(|l| l.starts_with("  ")).collect();
    lines.join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_rights_of_the_invitation_it_is_green() {
    let mut bench = Bench::on_discord().await;
    bench.set("SLACK_BOT_TOKEN", None);
    bench.set("SLACK_APP_TOKEN", None);
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(
        area(&said.out),
        "  ✔ the bot token is taken, and the server can be read\n\
         \u{20} ✔ channel care (1300000000000000003): the bot may do there what it has to\n\
         \u{20} ✔ 1 group or person is known\n\
         \u{20} ✔ presses come by the gateway"
    );
    assert!(
        said.out.ends_with("\nAll good: `zeitnah serve` will work.\n"),
        "{}",
        said.out
    );
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_of_every_sort_are_told_at_once_each_in_its_line() {
    let bench = Bench::on_discord().await;
    let discord = &bench.discord;
    for lost in [
        Permission::EmbedLinks,
        Permission::ReadMessageHistory,
        Permission::SendMessagesInThreads,
    ] {
        discord.take_permission(D_ROOM, lost);
    }
    discord.add_channel("1300000000000000031", "hidden");
    discord.take_permission("1300000000000000031", Permission::ViewChannel);
    discord.add_user("1300000000000000012", "robot", "Robot");
    discord.change_user("1300000000000000012", |user| user.bot = true);
    discord.add_user("1300000000000000013", "ben", "Ben Okafor");
    discord.set_away("1300000000000000013", true);
    bench.change(&[
        ("role:1300000000000000004", "role:1300000000000000099"),
        (
            "[default_route]",
            r#"[[role]]
role = "admin"
discord_user = "1300000000000000012"
[[role]]
role = "viewer"
discord_user = "1300000000000000013"
[[channel]]
name = "hidden"
discord = "1300000000000000031"
[[channel]]
name = "nowhere"
discord = "1300000000000000032"
[[route]]
name = "all"
to = ["hidden", "nowhere"]
stars = 1
[default_route]"#,
        ),
    ]);
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    insta::assert_snapshot!("faults_on_discord", area(&said.out));
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forum_is_known_by_its_kind_and_told_what_it_lacks() {
    let bench = Bench::on_discord().await;
    let discord = &bench.discord;
    discord.delete_channel(D_ROOM);
    discord.add_forum(D_ROOM, "care");
    // Not needed there: whoever may send messages may make posts.
    discord.take_permission(D_ROOM, Permission::CreatePublicThreads);
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    insta::assert_snapshot!("a_forum_without_tags", area(&said.out));
    discord.change_forum(D_ROOM, |forum| {
        forum.requires_tag = true;
        for name in ["Offen", "taken", "answered"] {
            forum.tags.push(Tag {
                id: name.len().to_string() + "1",
                name: name.into(),
                moderated: name == "taken",
                emoji: None,
            });
        }
    });
    discord.take_permission(D_ROOM, Permission::SendMessages);
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    insta::assert_snapshot!("faults_of_a_forum", area(&said.out));
    // Whoever may make them needs nobody.
    discord.give_permission(D_ROOM, Permission::SendMessages);
    discord.give_permission(D_ROOM, Permission::ManageChannels);
    discord.give_permission(D_ROOM, Permission::ManageThreads);
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_token_is_told_once_and_by_its_variable() {
    let mut bench = Bench::on_discord().await;
    bench.set("DISCORD_BOT_TOKEN", Some("token-of-another-bot"));
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(1));
    assert_eq!(
        area(&said.out),
        "  ✖ zeitnah.toml:1 (DISCORD_BOT_TOKEN): Discord does not take the bot token: get user: 401: Unauthorized (0)\n\
         \u{20}     → Copy the token of the page \"Bot\" in the developer portal again, or make a new one there"
    );
    bench.set("DISCORD_BOT_TOKEN", None);
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(1));
    said.says(&["the environment variable DISCORD_BOT_TOKEN is not set"]);
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_the_bot_is_not_on_is_told_at_its_line() {
    let bench = Bench::on_discord().await;
    bench.change(&[(
        "server = \"1300000000000000001\"",
        "server = \"1300000000000000077\"",
    )]);
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(1));
    let told = area(&said.out);
    assert!(
        told.starts_with("  ✖ zeitnah.toml:3: The server 1300000000000000077 cannot be read: "),
        "{told}"
    );
    assert!(
        told.contains("invite the bot with the link of `zeitnah manifest discord`"),
        "{told}"
    );
    assert!(
        !told.contains("There is no role") && !told.contains("Channel "),
        "nothing is guessed about the rest: {told}"
    );
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_way_of_delivery_is_held_against_what_discord_knows() {
    let bench = Bench::on_discord().await;
    let http = |more: &str| bench.change(&[("[discord]", &format!("[discord]\nmode = \"http\"\n{more}"))]);
    http("");
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(1));
    said.says(&["`discord.public_key` is missing", "General Information"]);
    http("public_key = \"much-too-short\"");
    let said = bench.run(&["check"]).await;
    said.says(&["`discord.public_key` is no public key", "64 digits, 0 to f"]);

    let key = format!("public_key = \"{}\"", bench.discord.settings().public_key());
    http(&key);
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    said.says(&[
        "⚠ zeitnah.toml:2 ([discord] mode): Discord knows no address to call, so no press reaches us",
        "into \"Interactions Endpoint URL\" under \"General Information\"",
    ]);
    let ours = "https://bot.example.com/discord/interactions";
    bench.discord.set_interactions_url(Some(ours));
    bench
        .run(&["check"])
        .await
        .says(&[&format!("✔ Discord calls {ours}")]);

    bench.change(&[]);
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(1), "the gateway would stay silent: {said:?}");
    said.says(&[&format!(
        "Discord sends presses to {ours}, so none come by the gateway"
    )]);
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_stands_within_seconds_and_is_linked() {
    let bench = Bench::on_discord().await;
    let said = bench.run(&["card"]).await;
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    let cards = bench.discord.see(D_ROOM);
    assert_eq!(cards.len(), 1);
    assert_eq!(
        said.out.lines().next().unwrap(),
        format!(
            "Card 1 stands in channel care: https://discord.com/channels/1300000000000000001/{D_ROOM}/{}",
            cards[0].id
        )
    );
    said.says(&["Its buttons work as soon as `zeitnah serve` runs; none was seen on this database."]);
    let text = bench.discord.visible_text(&cards[0]);
    assert!(text.contains("★★★☆☆  Vorschlag · Übung · Probekarte"), "{text}");
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_would_keep_the_card_away_is_said_before_there_is_one() {
    let bench = Bench::on_discord().await;
    bench.discord.take_permission(D_ROOM, Permission::SendMessages);
    let said = bench.run(&["card"]).await;
    assert_eq!(said.code, Some(1));
    assert_eq!(
        said.err,
        format!(
            "✖ In channel {D_ROOM} the bot lacks: Send Messages (post cards and digests). Give these to the bot's role in \
             the channel's settings, or invite it anew with `zeitnah manifest discord`.\n"
        )
    );
    let store = Store::open(&bench.database, 1).await.unwrap();
    let open = item::count(store.pool(), Filter::Open { channels: None })
        .await
        .unwrap();
    assert_eq!(open, 0);
    store.close().await;
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_replica_holds_the_gateway_and_the_cards_buttons_work() {
    let bench = Bench::on_discord().await;
    let mut replica = Replica::of(&bench);
    replica
        .says(&["\"chats\":\"discord by gateway\"", "the line to Discord is up"])
        .await;
    let said = bench.run(&["card"]).await;
    said.says(&[
        "Card 1 stands in channel care: ",
        "`zeitnah serve` runs, so its buttons work now.",
    ]);
    let card = bench.discord.see(D_ROOM).pop().unwrap();
    let outcome = bench.discord.press(D_ANNA, D_ROOM, &card.id, "Übernehmen").await;
    assert!(outcome.acked, "{outcome:?}");
    replica.stop().await;
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_discord_refuses_ends_the_start_and_a_discord_that_is_away_is_waited_for() {
    let mut bench = Bench::on_discord().await;
    bench.discord.fault(Fault::server_error("get_me", 503).times(2));
    let mut replica = Replica::of(&bench);
    let log = replica
        .says(&["it is asked again and again", "the line to Discord is up"])
        .await;
    assert!(log.contains("HTTP 503"), "{log}");
    assert!(bench.discord.connected(1).await, "and then it is there");
    replica.stop().await;

    bench.set("DISCORD_BOT_TOKEN", Some("token-of-another-bot"));
    let said = bench.run(&["serve"]).await;
    assert_eq!(
        said.sentence(),
        "zeitnah: Discord does not take the bot token: get user: 401: Unauthorized (0); copy the token of the page \"Bot\" \
         in the developer portal again, and see `zeitnah check`"
    );
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_the_role_may_and_whoever_lost_it_may_not() {
    let bench = Bench::on_discord().await;
    let mut replica = Replica::of(&bench);
    replica.says(&["the line to Discord is up"]).await;
    bench.run(&["card"]).await;
    let card = bench.discord.see(D_ROOM).pop().unwrap();
    let press = async |what: &str| {
        let outcome = bench.discord.press(D_ANNA, D_ROOM, &card.id, what).await;
        assert!(outcome.acked, "{outcome:?}");
    };
    let store = Store::open(&bench.database, 1).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "a test looks past the store")]
    let members = async || -> Vec<(String, String)> {
        let sql = "SELECT circle, xmin::text FROM member WHERE user_id = $1";
        sqlx::query_as(sql)
            .bind(D_ANNA)
            .fetch_all(store.pool())
            .await
            .unwrap()
    };
    press("Warum diese Frist?").await;
    let first = members().await;
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].0, format!("group:{D_ROLE}"));
    press("Warum diese Frist?").await;
    assert_eq!(members().await, first, "the same again is not written again");
    bench.discord.change_user(D_ANNA, |user| user.roles.clear());
    press("Warum diese Frist?").await;
    assert_eq!(
        members().await,
        [],
        "what is not said any more is not shown any more"
    );
    store.close().await;
    replica.stop().await;
    bench.finish().await;
}
