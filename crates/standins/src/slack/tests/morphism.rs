//! The client the bot uses, against the stand-in.

#![expect(
    clippy::disallowed_methods,
    reason = "the verifier under test reads the wall clock"
)]

use std::sync::Arc;

use serde_json::json;
use slack_morphism::errors::SlackClientError;
use slack_morphism::prelude::*;
use slack_morphism::signature_verifier::SlackEventSignatureVerifier;

use super::super::{Disconnect, Fault, Kind};
use super::{ANNA, REVIEWS, Stage, stage};

type Client = SlackClient<SlackClientHyperHttpsConnector>;

fn client(stage: &Stage) -> Arc<Client> {
    let https = hyper_rustls::HttpsConnectorBuilder::new()
        .with_native_roots()
        .unwrap()
        .https_or_http()
        .enable_http1()
        .build();
    let connector = SlackClientHyperConnector::with_connector(https)
        .with_slack_api_url(&format!("{}/slack/api", stage.base));
    Arc::new(SlackClient::new(connector))
}

fn bot_token() -> SlackApiToken {
    SlackApiToken::new("xoxb-sandbox".into())
}

#[tokio::test]
async fn messages_come_and_go() {
    let stage = stage().await;
    let client = client(&stage);
    let token = bot_token();
    let session = client.open_session(&token);
    let who = session.auth_test().await.unwrap();
    assert_eq!(who.user_id, "U0ZEITNAH".into());
    let content = SlackMessageContent::new()
        .with_text("hello".to_owned())
        .with_blocks(vec![SlackSectionBlock::new().with_text(md!("*hello*")).into()]);
    let posted = session
        .chat_post_message(&SlackApiChatPostMessageRequest::new(
            REVIEWS.into(),
            content.clone(),
        ))
        .await
        .unwrap();
    let update = SlackApiChatUpdateRequest::new(REVIEWS.into(), content, posted.ts.clone());
    session.chat_update(&update).await.unwrap();
    let history = SlackApiConversationsHistoryRequest::new().with_channel(REVIEWS.into());
    let history = session.conversations_history(&history).await.unwrap();
    assert_eq!(history.messages.len(), 1);
    let whisper = SlackApiChatPostEphemeralRequest::new(
        REVIEWS.into(),
        ANNA.into(),
        SlackMessageContent::new().with_text("psst".to_owned()),
    );
    session.chat_post_ephemeral(&whisper).await.unwrap();
    let delete = SlackApiChatDeleteRequest::new(REVIEWS.into(), posted.ts);
    session.chat_delete(&delete).await.unwrap();
    assert!(stage.slack.messages(REVIEWS).is_empty());
}

#[tokio::test]
async fn people_and_channels_decode() {
    let stage = stage().await;
    let client = client(&stage);
    let token = bot_token();
    let session = client.open_session(&token);
    let user = session
        .users_info(&SlackApiUsersInfoRequest::new(ANNA.into()))
        .await
        .unwrap()
        .user;
    assert_eq!(user.tz_offset, Some(3600));
    let info = SlackApiConversationsInfoRequest::new(REVIEWS.into());
    assert_eq!(
        session
            .conversations_info(&info)
            .await
            .unwrap()
            .channel
            .name
            .as_deref(),
        Some("reviews")
    );
    let list = session
        .conversations_list(&SlackApiConversationsListRequest::new())
        .await
        .unwrap();
    assert_eq!(list.channels.len(), 1);
    let users = session
        .users_list(&SlackApiUsersListRequest::new())
        .await
        .unwrap();
    assert_eq!(users.members.len(), 3);
    let groups = session
        .usergroups_list(&SlackApiUserGroupsListRequest::new())
        .await
        .unwrap();
    assert_eq!(groups.usergroups[0].handle, "leads");
    let members = SlackApiUserGroupsUsersListRequest::new("S0LEADS".into());
    assert_eq!(
        session.usergroups_users_list(&members).await.unwrap().users,
        [SlackUserId::from(ANNA)]
    );
}

#[tokio::test]
async fn limits_and_refusals_are_understood() {
    let stage = stage().await;
    let client = client(&stage);
    let token = bot_token();
    let session = client.open_session(&token);
    stage.slack.fault(Fault::rate_limit("auth.test", 30));
    match session.auth_test().await {
        Err(SlackClientError::RateLimitError(limit)) => {
            assert_eq!(limit.retry_after.map(|wait| wait.as_secs()), Some(30));
        }
        other => panic!("{other:?}"),
    }
    let content = SlackMessageContent::new().with_text("x".to_owned());
    let post = SlackApiChatPostMessageRequest::new("C0NONE".into(), content);
    match session.chat_post_message(&post).await {
        Err(SlackClientError::ApiError(error)) => assert_eq!(error.code, "channel_not_found"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_signature_is_one_the_library_accepts() {
    let stage = stage().await;
    let bot = stage.bot(&[]).await;
    // The library's verifier reads the real clock.
    stage.clock.advance(chrono::Utc::now() - stage.slack.now());
    let ts = stage.post_card().await;
    assert!(stage.slack.press(ANNA, REVIEWS, &ts, "claim").await.acked);
    stage.slack.fault(Fault::new(Kind::BadSignature));
    assert!(stage.slack.press(ANNA, REVIEWS, &ts, "claim").await.acked);
    let secret = SlackSigningSecret::new("sandbox-signing-secret".to_owned());
    let verifier = SlackEventSignatureVerifier::new(&secret);
    let accepted: Vec<bool> = bot
        .requests()
        .iter()
        .map(|(headers, body)| {
            let header = |name: &str| headers[name].to_str().unwrap().to_owned();
            let hash = header(SlackEventSignatureVerifier::SLACK_SIGNED_HASH_HEADER);
            let time = header(SlackEventSignatureVerifier::SLACK_SIGNED_TIMESTAMP);
            verifier.verify(&hash, body, &time).is_ok()
        })
        .collect();
    assert_eq!(accepted, [true, false]);
}

async fn on_press(
    event: SlackInteractionEvent,
    client: Arc<Client>,
    _: SlackClientEventsUserState,
) -> UserCallbackResult<SlackInteractionResponse> {
    match event {
        SlackInteractionEvent::BlockActions(pressed) => {
            let title = SlackBlockPlainTextOnly::from("Reply");
            let view = SlackModalView::new(
                title,
                vec![
                    SlackInputBlock::new(
                        "Words".into(),
                        SlackBlockPlainTextInputElement::new()
                            .with_action_id("text".into())
                            .into(),
                    )
                    .with_block_id("words".into())
                    .into(),
                ],
            )
            .with_submit("Send".into());
            let open = SlackApiViewsOpenRequest::new(pressed.trigger_id, SlackView::Modal(view));
            let token = bot_token();
            client.open_session(&token).views_open(&open).await?;
            Ok(SlackInteractionResponse::Empty)
        }
        SlackInteractionEvent::ViewSubmission(sent) => {
            let state = sent.view.state_params.state.ok_or("no state")?;
            let said = state.values[&"words".into()][&"text".into()]
                .value
                .clone()
                .unwrap_or_default();
            let errors = [("words".to_owned(), format!("not `{said}`"))].into();
            Ok(SlackViewSubmissionResponse::Errors(SlackViewSubmissionErrorsResponse::new(errors)).into())
        }
        _ => Ok(SlackInteractionResponse::Empty),
    }
}

async fn on_command(
    said: SlackCommandEvent,
    _: Arc<Client>,
    _: SlackClientEventsUserState,
) -> UserCallbackResult<SlackCommandEventResponse> {
    let text = said.text.unwrap_or_default();
    Ok(SlackCommandEventResponse::new(
        SlackMessageContent::new().with_text(format!("did {text}")),
    ))
}

async fn on_event(
    _: SlackPushEventCallback,
    _: Arc<Client>,
    _: SlackClientEventsUserState,
) -> UserCallbackResult<()> {
    Ok(())
}

#[tokio::test]
async fn socket_mode_carries_presses_forms_commands_and_events() {
    let stage = stage().await;
    let client = client(&stage);
    let environment = Arc::new(SlackClientEventsListenerEnvironment::new(client));
    let callbacks = SlackSocketModeListenerCallbacks::new()
        .with_interaction_events(on_press)
        .with_command_events(on_command)
        .with_push_events(on_event);
    let config = SlackClientSocketModeConfig::new()
        .with_max_connections_count(2)
        .with_initial_backoff_in_seconds(0);
    let listener = SlackClientSocketModeListener::new(&config, environment, callbacks);
    listener
        .listen_for(&SlackApiToken::new("xapp-sandbox".into()))
        .await
        .unwrap();
    listener.start().await;
    assert!(stage.slack.connected(2).await);

    let ts = stage.post_card().await;
    let pressed = stage.slack.press(ANNA, REVIEWS, &ts, "claim").await;
    assert!(pressed.acked, "{pressed:?}");
    let view = stage.slack.view(ANNA).unwrap();
    let sent = stage.slack.submit(ANNA, &view.id, &[("Words", "grr")]).await;
    assert!(sent.acked, "{sent:?}");
    assert_eq!(stage.slack.view(ANNA).unwrap().errors["words"], "not `grr`");

    assert!(
        stage
            .slack
            .command(ANNA, REVIEWS, "/zeitnah", "take 1")
            .await
            .acked
    );
    assert_eq!(stage.slack.ephemerals(ANNA)[0].text, "did take 1");
    let opened = json!({ "type": "app_home_opened", "user": ANNA, "channel": "D1", "event_ts": "1.000100" });
    assert!(stage.slack.event(opened.clone()).await.acked);

    stage.slack.fault(Fault::new(Kind::DeafSocket).times(1));
    assert!(!stage.slack.event(opened).await.acked);
    assert!(stage.slack.retry_events().await[0].acked);

    stage.slack.disconnect_sockets(Disconnect::RefreshRequested);
    assert!(stage.slack.connected(2).await);
    assert!(stage.slack.press(ANNA, REVIEWS, &ts, "claim").await.acked);
    listener.shutdown().await;
}
