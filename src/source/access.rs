//! The access token of a source: short-lived and shared by all calls. The lock is held while a new one is fetched, so ten
//! calls that find it ended ask once. A 401 is answered by one new token and one more try: nothing was done yet, so this is
//! safe for writes too.

use chrono::TimeDelta;
use reqwest::RequestBuilder;
use secrecy::ExposeSecret as _;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use crate::domain::At;
use crate::port::PortError;
use crate::source::http::Access;
use crate::source::http::Answer;
use crate::source::http::Http;
use crate::source::jwt::Signer;

/// A token that ends while the request is on its way is a 401 for nothing.
const EARLY: TimeDelta = TimeDelta::seconds(60);
/// A platform that does not say how long its token lasts is believed for so long, and nobody for longer than a day.
const UNSAID: i64 = 600;
const LONGEST: i64 = 24 * 60 * 60;

pub struct AccessToken {
    http: Http,
    grant: Grant,
    cached: Mutex<Option<Cached>>,
}

/// How a new token comes about.
pub enum Grant {
    /// The platform's token address gives it (RFC 6749).
    Asked(Ask),
    /// We sign it, and nobody is asked.
    Signed(Signer),
}

/// What a token address is asked for, and what its noes mean.
pub struct Ask {
    url: Url,
    client: Option<Client>,
    grant_type: &'static str,
    fields: Vec<(&'static str, SecretString)>,
    assertion: Option<Signer>,
    remedy: Remedy,
}

/// Who we are to a token address.
pub struct Client {
    pub id: SecretString,
    pub secret: SecretString,
    pub shown: Shown,
}

/// Where a token address expects id and secret: each platform documents one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    InForm,
    AsBasic,
}

/// What an error code of RFC 6749 means at this platform and what to do about it, where that is known.
pub type Remedy = fn(&str) -> Option<&'static str>;

struct Cached {
    token: SecretString,
    until: At,
}

#[derive(Deserialize)]
struct Granted {
    access_token: SecretString,
    /// Some write it as a string.
    #[serde(default)]
    expires_in: Value,
}

#[derive(Default, Deserialize)]
struct Refused {
    #[serde(default)]
    error: String,
}

impl AccessToken {
    pub fn new(http: Http, grant: Grant) -> Self {
        Self {
            http,
            grant,
            cached: Mutex::new(None),
        }
    }

    pub async fn get(&self, now: At) -> Result<SecretString, PortError> {
        let mut cached = self.cached.lock().await;
        if let Some(cached) = cached.as_ref().filter(|c| now < c.until) {
            return Ok(cached.token.clone());
        }
        let (token, end) = match &self.grant {
            Grant::Asked(ask) => ask.grant(&self.http, now).await?,
            Grant::Signed(signer) => signer.sign(now)?,
        };
        *cached = Some(Cached {
            token: token.clone(),
            until: end - EARLY,
        });
        Ok(token)
    }

    /// A call with the token in it. Any status is an answer, also a second 401.
    pub async fn call(
        &self,
        deed: Access,
        now: At,
        request: impl Fn() -> RequestBuilder + Send + Sync,
    ) -> Result<Answer, PortError> {
        let first = self.once(deed, now, request()).await?;
        match first.status {
            401 => self.once(deed, now, request()).await,
            _ => Ok(first),
        }
    }

    async fn once(&self, deed: Access, now: At, request: RequestBuilder) -> Result<Answer, PortError> {
        let token = self.get(now).await?;
        let request = request.bearer_auth(token.expose_secret());
        let answer = self.http.call(request, deed, now).await?;
        if answer.status == 401 {
            self.forget(&token).await;
        }
        Ok(answer)
    }

    /// Forgets `refused`, unless another call has already replaced it.
    async fn forget(&self, refused: &SecretString) {
        let mut cached = self.cached.lock().await;
        if cached
            .as_ref()
            .is_some_and(|c| c.token.expose_secret() == refused.expose_secret())
        {
            *cached = None;
        }
    }
}

impl Ask {
    /// Somebody signed in once, and this is what is left of it.
    pub fn refresh_token(url: Url, client: Client, token: SecretString) -> Self {
        Self::new(url, "refresh_token", Some(client)).with("refresh_token", token)
    }

    /// The client is the account.
    pub fn client_credentials(url: Url, client: Client) -> Self {
        Self::new(url, "client_credentials", Some(client))
    }

    /// Who holds the key is the account (RFC 7523).
    pub fn jwt_bearer(url: Url, signer: Signer) -> Self {
        Self {
            assertion: Some(signer),
            ..Self::new(url, "urn:ietf:params:oauth:grant-type:jwt-bearer", None)
        }
    }

    fn new(url: Url, grant_type: &'static str, client: Option<Client>) -> Self {
        Self {
            url,
            client,
            grant_type,
            fields: Vec::new(),
            assertion: None,
            remedy: |_| None,
        }
    }

    /// One more field of the form.
    pub fn with(mut self, name: &'static str, value: impl Into<SecretString>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    pub fn explained(self, remedy: Remedy) -> Self {
        Self { remedy, ..self }
    }

    async fn grant(&self, http: &Http, now: At) -> Result<(SecretString, At), PortError> {
        let request = self.request(http, now)?;
        // Nobody sees how often it is asked, so to us it is a read: no answer only means later.
        let answer = http.call(request, Access::Read, now).await?;
        if answer.is_success() {
            // The body holds the token, so nothing of it may be quoted.
            let granted = serde_json::from_slice::<Granted>(&answer.body).ok();
            let granted = granted
                .filter(|granted| !granted.access_token.expose_secret().is_empty())
                .ok_or_else(|| PortError::later("the token address answered, but with no token"))?;
            let seconds = seconds(&granted.expires_in).unwrap_or(UNSAID);
            let end = now + TimeDelta::seconds(seconds.clamp(0, LONGEST));
            return Ok((granted.access_token, end));
        }
        let refused: Refused = serde_json::from_slice(&answer.body).unwrap_or_default();
        Err(match ((self.remedy)(&refused.error), answer.error()) {
            (Some(remedy), _) => PortError::denied(remedy),
            // Said of the token, it says nothing about the item that the call behind it is about.
            (None, PortError::Gone { why }) => PortError::Denied { why },
            (None, PortError::Never { why }) if answer.status == 400 => PortError::Denied { why },
            (None, error) => error,
        })
    }

    fn request(&self, http: &Http, now: At) -> Result<RequestBuilder, PortError> {
        let mut form = vec![("grant_type", self.grant_type)];
        let mut request = http.post(self.url.clone());
        if let Some(client) = &self.client {
            let (id, secret) = (client.id.expose_secret(), client.secret.expose_secret());
            match client.shown {
                Shown::InForm => form.extend([("client_id", id), ("client_secret", secret)]),
                Shown::AsBasic => request = request.basic_auth(id, Some(secret)),
            }
        }
        let fields = self.fields.iter();
        form.extend(fields.map(|(name, value)| (*name, value.expose_secret())));
        let signed = self.assertion.as_ref().map(|signer| signer.sign(now));
        let signed = signed.transpose()?;
        form.extend(signed.iter().map(|(jwt, _)| ("assertion", jwt.expose_secret())));
        Ok(request.form(&form))
    }
}

fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::jwt::tests::rsa_signer;
    use crate::source::tests::Asked;
    use crate::source::tests::Far;
    use crate::source::tests::Says;
    use crate::source::tests::at;

    fn now() -> At {
        at("2026-11-21T09:00:00Z")
    }

    fn url(far: &Far, path: &str) -> Url {
        Url::parse(&format!("{}{path}", far.url)).unwrap()
    }

    fn client(shown: Shown) -> Client {
        Client {
            id: "me".into(),
            secret: "s3cret".into(),
            shown,
        }
    }

    fn token(grant: Grant) -> AccessToken {
        AccessToken::new(Http::open().unwrap(), grant)
    }

    /// Grants tokens t0, t1, ... for so many seconds and answers the rest with `says`.
    async fn far(lasts: Value, says: impl Fn(&Asked) -> u16 + Send + Sync + 'static) -> Far {
        Far::open(move |asked, n| match asked.path.as_str() {
            "/token" => Says::Json(
                200,
                json!({ "access_token": format!("t{n}"), "expires_in": lasts }),
            ),
            _ => Says::Json(says(asked), json!({})),
        })
        .await
    }

    async fn call(token: &AccessToken, far: &Far, now: At) -> u16 {
        let (http, url) = (Http::open().unwrap(), url(far, "/call"));
        let answer = token.call(Access::Write, now, || http.put(url.clone())).await;
        answer.unwrap().status
    }

    #[tokio::test]
    async fn ten_calls_ask_once_and_a_token_is_used_until_shortly_before_its_end() {
        for (lasts, used) in [
            (json!(300), 239),
            (json!("300"), 239),
            (Value::Null, 539),
            (json!(9_999_999), 86_339),
        ] {
            let far = far(lasts.clone(), |_| 200).await;
            let ask = Ask::client_credentials(url(&far, "/token"), client(Shown::AsBasic));
            let token = token(Grant::Asked(ask));
            let ten = (0..10).map(|_| call(&token, &far, now()));
            assert_eq!(futures::future::join_all(ten).await, [200; 10]);
            let last = now() + TimeDelta::seconds(used);
            call(&token, &far, last).await;
            let asks = |asked: Vec<Asked>| asked.iter().filter(|a| a.path == "/token").count();
            assert_eq!(asks(far.asked()), 1, "{lasts}");
            call(&token, &far, last + TimeDelta::seconds(1)).await;
            assert_eq!(asks(far.asked()), 1, "{lasts}");
        }
    }

    #[tokio::test]
    async fn each_grant_is_asked_for_as_it_is_documented() {
        let far = far(json!(300), |_| 200).await;
        let at = || url(&far, "/token");
        let basic = Ask::client_credentials(at(), client(Shown::AsBasic));
        let form = Ask::client_credentials(at(), client(Shown::InForm)).with("audience", "https://a.example");
        let refresh = Ask::refresh_token(at(), client(Shown::InForm), "r3fresh".into());
        for ask in [basic, form, refresh, Ask::jwt_bearer(at(), rsa_signer())] {
            token(Grant::Asked(ask)).get(now()).await.unwrap();
        }
        let asked = far.asked();
        assert_eq!(asked[0].body, "grant_type=client_credentials");
        assert_eq!(asked[0].header("authorization"), "Basic bWU6czNjcmV0");
        assert_eq!(
            asked[1].body,
            "grant_type=client_credentials&client_id=me&client_secret=s3cret&audience=https%3A%2F%2Fa.example"
        );
        assert_eq!(asked[1].header("authorization"), "");
        assert_eq!(
            asked[2].body,
            "grant_type=refresh_token&client_id=me&client_secret=s3cret&refresh_token=r3fresh"
        );
        let (grant, assertion) = asked[3].body.split_once("&assertion=").unwrap();
        assert_eq!(
            grant,
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
        );
        assert_eq!(assertion, rsa_signer().sign(now()).unwrap().0.expose_secret());
    }

    #[tokio::test]
    async fn a_401_is_answered_by_a_new_token_and_one_more_try() {
        let far = far(json!(300), |asked| match asked.header("authorization") {
            "Bearer t0" => 401,
            _ => 200,
        })
        .await;
        let ask = Ask::client_credentials(url(&far, "/token"), client(Shown::InForm));
        assert_eq!(call(&token(Grant::Asked(ask)), &far, now()).await, 200);
        assert_eq!(far.asked().len(), 4);
        let never = self::far(json!(300), |_| 401).await;
        let ask = Ask::client_credentials(url(&never, "/token"), client(Shown::InForm));
        assert_eq!(call(&token(Grant::Asked(ask)), &never, now()).await, 401);
        assert_eq!(never.asked().len(), 4, "two tokens and two tries");
    }

    #[tokio::test]
    async fn what_is_signed_here_asks_nobody_and_ends() {
        let far = far(json!(300), |_| 200).await;
        let token = token(Grant::Signed(rsa_signer()));
        let first = token.get(now()).await.unwrap();
        assert_eq!(call(&token, &far, now()).await, 200);
        let asked = far.asked();
        assert_eq!(
            (asked.len(), asked[0].header("authorization")),
            (1, format!("Bearer {}", first.expose_secret()).as_str())
        );
        let later = token.get(now() + TimeDelta::hours(1)).await.unwrap();
        assert_ne!(first.expose_secret(), later.expose_secret());
    }

    /// Whoever took it for an answer to the call would take the item for removed.
    #[tokio::test]
    async fn a_token_address_that_refuses_is_a_fault_of_the_account() {
        for status in [400, 401, 403, 404, 410] {
            let far = Far::open(move |_, _| Says::Json(status, json!({ "error": "invalid_client" }))).await;
            let ask = || Ask::client_credentials(url(&far, "/token"), client(Shown::InForm));
            let told = token(Grant::Asked(ask())).get(now()).await;
            assert!(
                matches!(&told, Err(PortError::Denied { .. })),
                "{status}: {told:?}"
            );
            let ask = ask().explained(|code| (code == "invalid_client").then_some("compare the two"));
            let told = token(Grant::Asked(ask)).get(now()).await.unwrap_err();
            assert_eq!(told, PortError::denied("compare the two"));
        }
        let far = Far::open(|_, _| Says::Json(200, json!({ "token": "x" }))).await;
        let ask = Ask::client_credentials(url(&far, "/token"), client(Shown::InForm));
        let told = token(Grant::Asked(ask)).get(now()).await;
        assert!(matches!(told, Err(PortError::Later { .. })), "{told:?}");
    }
}
