//! Exports that are known by their header, each a small table. What a shape does not say is found by the names that all
//! exports share (`field.rs`). A new shape is a table here and its file among the tests.

use crate::domain::item::ItemKind;
use crate::source::file::field::Field;

#[derive(Debug)]
pub struct Shape {
    /// As it is said.
    pub name: &'static str,
    /// Column names that together are only there.
    pub marks: &'static [&'static str],
    pub fields: &'static [(Field, &'static [&'static str])],
    /// Columns that look like something else than they are.
    pub not: &'static [&'static str],
    pub identity: Identity,
    /// Its scale, where that is not one to five or told by the values.
    pub scale: Option<(f64, f64)>,
    /// Times without an offset are UTC.
    pub utc: bool,
    pub kind: ItemKind,
    pub subject_kind: Option<&'static str>,
}

/// How two exports tell the same item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// By the column that holds its id; without one by what stays the same.
    Column,
    /// By a part of a link's query.
    InLink(&'static str),
    /// By the end of a resource's name.
    EndOfPath,
    /// By these columns together.
    Stable(&'static [&'static str]),
}

const PLAIN: Shape = Shape {
    name: "",
    marks: &[],
    fields: &[],
    not: &[],
    identity: Identity::Column,
    scale: None,
    utc: false,
    kind: ItemKind::Review,
    subject_kind: None,
};

#[rustfmt::skip]
pub const SHAPES: &[Shape] = &[
    Shape {
        name: "Play Console, reviews",
        marks: &["package_name", "review_submit_millis_since_epoch", "star_rating", "review_link"],
        fields: &[
            (Field::Id, &["review_link"]), (Field::Rating, &["star_rating"]), (Field::Title, &["review_title"]),
            (Field::Body, &["review_text"]), (Field::Language, &["reviewer_language"]),
            (Field::Subject, &["package_name"]), (Field::SubjectId, &["package_name"]),
            (Field::Published, &["review_submit_millis_since_epoch", "review_submit_date_and_time"]),
            (Field::Edited, &["review_last_update_millis_since_epoch", "review_last_update_date_and_time"]),
            (Field::Reply, &["developer_reply_text"]),
            (Field::ReplyAt, &["developer_reply_millis_since_epoch", "developer_reply_date_and_time"]),
            (Field::Permalink, &["review_link"]),
        ],
        identity: Identity::InLink("reviewId"), subject_kind: Some("app"), utc: true, ..PLAIN
    },
    Shape {
        name: "Google Play, reviews of the API",
        marks: &["review_id", "comments_user_comment_text", "comments_user_comment_star_rating"],
        fields: &[
            (Field::Id, &["review_id"]), (Field::Author, &["author_name"]), (Field::Body, &["comments_user_comment_text"]),
            (Field::Rating, &["comments_user_comment_star_rating"]),
            (Field::Language, &["comments_user_comment_reviewer_language"]),
            (Field::Published, &["comments_user_comment_last_modified_seconds"]),
            (Field::Up, &["comments_user_comment_thumbs_up_count"]), (Field::Down, &["comments_user_comment_thumbs_down_count"]),
            (Field::Reply, &["comments_developer_comment_text"]),
            (Field::ReplyAt, &["comments_developer_comment_last_modified_seconds"]),
        ],
        subject_kind: Some("app"), utc: true, ..PLAIN
    },
    Shape {
        name: "Trustpilot, reviews",
        marks: &["review_id", "review_stars", "review_content", "review_username"],
        fields: &[
            (Field::Id, &["review_id"]), (Field::Rating, &["review_stars"]), (Field::Title, &["review_title"]),
            (Field::Body, &["review_content"]), (Field::Author, &["review_username"]),
            (Field::AuthorId, &["review_consumer_user_id"]), (Field::Mail, &["review_user_email"]),
            (Field::Published, &["review_created_utc", "review_created"]), (Field::Language, &["review_language"]),
            (Field::Reply, &["company_response", "company_reply"]),
            (Field::ReplyAt, &["company_reply_date_utc", "company_reply_date"]),
            (Field::Subject, &["product_name", "webshop_name", "domain_url"]),
        ],
        utc: true, ..PLAIN
    },
    Shape {
        name: "Trustpilot, reviews of the API",
        marks: &["consumer_display_name", "stars", "text", "created_at"],
        fields: &[
            (Field::Author, &["consumer_display_name"]), (Field::AuthorId, &["consumer_id"]), (Field::Rating, &["stars"]),
            (Field::Reply, &["company_reply_text"]), (Field::ReplyAt, &["company_reply_created_at"]),
            (Field::Up, &["number_of_likes"]),
        ],
        utc: true, ..PLAIN
    },
    Shape {
        name: "Google Business Profile, Takeout or API",
        marks: &["star_rating", "reviewer_display_name", "create_time", "name"],
        fields: &[
            (Field::Id, &["review_id", "name"]), (Field::Rating, &["star_rating"]), (Field::Body, &["comment"]),
            (Field::Author, &["reviewer_display_name"]), (Field::Published, &["create_time"]),
            (Field::Edited, &["update_time"]), (Field::Reply, &["review_reply_comment"]),
            (Field::ReplyAt, &["review_reply_update_time"]), (Field::SubjectId, &["name"]),
            (Field::Permalink, &["review_reply_url"]),
        ],
        identity: Identity::EndOfPath, utc: true, subject_kind: Some("store"), ..PLAIN
    },
    Shape {
        name: "App Store Connect, customer reviews",
        marks: &["attributes_rating", "attributes_reviewer_nickname", "attributes_created_date"],
        fields: &[
            (Field::Id, &["id"]), (Field::Rating, &["attributes_rating"]), (Field::Title, &["attributes_title"]),
            (Field::Body, &["attributes_body"]), (Field::Author, &["attributes_reviewer_nickname"]),
            (Field::Published, &["attributes_created_date"]),
        ],
        utc: true, subject_kind: Some("app"), ..PLAIN
    },
    Shape {
        name: "App Store, the store's own feed",
        marks: &["im_rating_label", "content_label", "id_label"],
        fields: &[
            (Field::Id, &["id_label"]), (Field::Rating, &["im_rating_label"]), (Field::Title, &["title_label"]),
            (Field::Body, &["content_label"]), (Field::Author, &["author_name_label"]),
            (Field::Published, &["updated_label"]), (Field::Up, &["im_vote_sum_label"]),
        ],
        subject_kind: Some("app"), ..PLAIN
    },
    Shape {
        name: "eTrusted (Trusted Shops), reviews",
        marks: &["rating", "comment", "submitted_at", "transaction_reference"],
        fields: &[
            (Field::Id, &["id", "review_id"]), (Field::Author, &["customer_first_name", "customer_full_name"]),
            (Field::AuthorLast, &["customer_last_name"]), (Field::Mail, &["customer_email"]),
            (Field::Published, &["submitted_at", "created_at"]), (Field::Edited, &["edited_at"]),
            (Field::Subject, &["product_name"]), (Field::SubjectId, &["product_sku"]),
            (Field::Reply, &["reply_comment"]), (Field::ReplyAt, &["reply_created_at"]),
        ],
        utc: true, ..PLAIN
    },
    Shape {
        name: "Judge.me, reviews",
        marks: &["title", "body", "rating", "review_date", "curated", "reviewer_name"],
        fields: &[
            (Field::Published, &["review_date"]), (Field::Author, &["reviewer_name"]), (Field::Mail, &["reviewer_email"]),
            (Field::SubjectId, &["product_handle", "product_id"]), (Field::Subject, &["product_title"]),
            (Field::Reply, &["reply"]), (Field::ReplyAt, &["reply_date"]), (Field::Status, &["curated"]),
        ],
        not: &["source", "location", "ip_address"], utc: true, ..PLAIN
    },
    Shape {
        name: "Judge.me, reviews of the API",
        marks: &["reviewer_name", "rating", "body", "product_external_id", "curated"],
        fields: &[
            (Field::Author, &["reviewer_name"]), (Field::Mail, &["reviewer_email"]), (Field::AuthorId, &["reviewer_id"]),
            (Field::Subject, &["product_title"]), (Field::SubjectId, &["product_external_id", "product_handle"]),
            (Field::Status, &["curated"]),
        ],
        not: &["source"], utc: true, ..PLAIN
    },
    Shape {
        name: "Yotpo, reviews",
        marks: &["review_title", "review_content", "review_score"],
        fields: &[
            (Field::Id, &["review_id"]), (Field::Rating, &["review_score"]), (Field::Title, &["review_title"]),
            (Field::Body, &["review_content"]),
            (Field::Author, &["reviewer_display_name", "reviewer_name", "user_name", "display_name"]),
            (Field::Mail, &["reviewer_email"]),
            (Field::Published, &["review_creation_date", "review_date", "date"]),
            (Field::Reply, &["comment_content", "comment"]), (Field::ReplyAt, &["comment_creation_date", "comment_date"]),
            (Field::Status, &["review_status"]),
        ],
        not: &["review_published"], utc: true, ..PLAIN
    },
    Shape {
        name: "Yotpo, reviews of the API",
        marks: &["score", "content", "user_display_name"],
        fields: &[
            (Field::Rating, &["score"]), (Field::Body, &["content"]), (Field::Author, &["user_display_name"]),
            (Field::AuthorId, &["user_user_id"]), (Field::Reply, &["comment_content"]),
            (Field::ReplyAt, &["comment_created_at"]), (Field::Verified, &["verified_buyer"]),
        ],
        utc: true, ..PLAIN
    },
    Shape {
        name: "Okendo, reviews",
        marks: &["date_created", "body", "rating", "name", "handle"],
        fields: &[
            (Field::Id, &["review_id", "id"]), (Field::Author, &["name"]), (Field::Mail, &["email"]),
            (Field::Published, &["date_created"]), (Field::SubjectId, &["sku", "product_id", "handle"]),
            (Field::Subject, &["product_name", "handle"]), (Field::Reply, &["reply_body", "reply"]),
            (Field::ReplyAt, &["reply_date_created", "reply_date"]), (Field::Status, &["status"]),
        ],
        utc: true, ..PLAIN
    },
    Shape {
        name: "Stamped, reviews",
        marks: &["review_rating", "review_message", "review_title"],
        fields: &[
            (Field::Id, &["review_id", "id"]), (Field::Rating, &["review_rating"]), (Field::Title, &["review_title"]),
            (Field::Body, &["review_message"]), (Field::Author, &["author", "name", "customer_name"]),
            (Field::Published, &["review_date", "date_created", "created_date"]),
            (Field::Reply, &["review_reply", "reply"]), (Field::ReplyAt, &["review_reply_date", "reply_date"]),
            (Field::Up, &["review_votes_up"]), (Field::Down, &["review_votes_down"]),
            (Field::Subject, &["product_name", "product_title"]),
        ],
        ..PLAIN
    },
    Shape {
        name: "Loox, reviews",
        marks: &["handle", "rating", "photo_url", "verified_purchase"],
        fields: &[
            (Field::Author, &["author", "full_name", "nickname"]), (Field::Mail, &["email"]),
            (Field::Body, &["body", "review"]), (Field::Published, &["created_at", "date"]),
            (Field::SubjectId, &["handle", "product_id"]), (Field::Subject, &["product_title", "handle"]),
        ],
        utc: true, ..PLAIN
    },
    Shape {
        name: "Shopify Product Reviews",
        marks: &["product_handle", "state", "rating", "title", "author", "body", "created_at"],
        fields: &[
            (Field::SubjectId, &["product_handle"]), (Field::Subject, &["product_handle"]), (Field::Mail, &["email"]),
            (Field::Reply, &["reply"]), (Field::ReplyAt, &["replied_at"]), (Field::Status, &["state"]),
        ],
        not: &["location"], ..PLAIN
    },
    Shape {
        name: "WooCommerce, comments",
        marks: &["comment_id", "comment_content", "comment_parent"],
        fields: &[
            (Field::Id, &["comment_id"]), (Field::Body, &["comment_content"]), (Field::Author, &["comment_author"]),
            (Field::Mail, &["comment_author_email"]), (Field::Published, &["comment_date_gmt", "comment_date"]),
            (Field::Rating, &["rating", "meta_rating"]), (Field::Parent, &["comment_parent"]),
            (Field::Status, &["comment_approved"]), (Field::Subject, &["product_title", "product_sku", "comment_post_id"]),
            (Field::SubjectId, &["product_sku", "comment_post_id"]), (Field::AuthorId, &["user_id"]),
        ],
        ..PLAIN
    },
    Shape {
        name: "WooCommerce, reviews of the API",
        marks: &["review", "reviewer", "rating", "product_id", "date_created_gmt"],
        fields: &[
            (Field::Body, &["review"]), (Field::Author, &["reviewer"]), (Field::Mail, &["reviewer_email"]),
            (Field::Published, &["date_created_gmt", "date_created"]), (Field::SubjectId, &["product_id"]),
            (Field::Subject, &["product_name"]), (Field::Permalink, &["product_permalink"]), (Field::Status, &["status"]),
        ],
        ..PLAIN
    },
    Shape {
        name: "Shopware 6, product reviews",
        marks: &["points", "content", "comment", "product_id", "sales_channel_id"],
        fields: &[
            (Field::Id, &["id"]), (Field::Rating, &["points"]), (Field::Title, &["title"]), (Field::Body, &["content"]),
            (Field::Reply, &["comment"]), (Field::Author, &["external_user"]), (Field::Mail, &["external_email"]),
            (Field::Published, &["created_at"]), (Field::SubjectId, &["product_id"]), (Field::Status, &[]),
        ],
        utc: true, subject_kind: Some("product"), ..PLAIN
    },
    Shape {
        name: "JTL-Shop, reviews",
        marks: &["k_bewertung", "c_text", "n_sterne"],
        fields: &[
            (Field::Id, &["k_bewertung"]), (Field::Rating, &["n_sterne"]), (Field::Title, &["c_titel"]),
            (Field::Body, &["c_text"]), (Field::Author, &["c_name"]), (Field::SubjectId, &["k_artikel"]),
            (Field::Published, &["d_datum"]), (Field::Reply, &["c_antwort"]), (Field::ReplyAt, &["d_antwort_datum"]),
            (Field::Up, &["n_hilfreich"]), (Field::Down, &["n_nicht_hilfreich"]),
        ],
        subject_kind: Some("product"), ..PLAIN
    },
    Shape {
        name: "OXID, reviews",
        marks: &["oxid", "oxtext", "oxrating", "oxcreate"],
        fields: &[
            (Field::Id, &["oxid"]), (Field::Rating, &["oxrating"]), (Field::Body, &["oxtext"]),
            (Field::AuthorId, &["oxuserid"]), (Field::SubjectId, &["oxobjectid"]), (Field::Published, &["oxcreate"]),
        ],
        subject_kind: Some("product"), ..PLAIN
    },
    Shape {
        name: "PrestaShop, product comments",
        marks: &["id_product_comment", "content", "grade"],
        fields: &[
            (Field::Id, &["id_product_comment"]), (Field::Rating, &["grade"]), (Field::Body, &["content"]),
            (Field::Author, &["customer_name"]), (Field::SubjectId, &["id_product"]), (Field::Published, &["date_add"]),
        ],
        subject_kind: Some("product"), ..PLAIN
    },
    Shape {
        name: "PepperShop, reviews",
        marks: &["ida", "stars", "climsg", "ownmsg", "stamp"],
        fields: &[
            (Field::Id, &["id"]), (Field::Rating, &["stars"]), (Field::Body, &["climsg"]), (Field::Reply, &["ownmsg"]),
            (Field::Author, &["name"]), (Field::SubjectId, &["ida"]), (Field::Published, &["stamp"]),
            (Field::Verified, &["vb"]), (Field::Language, &[]), (Field::Status, &[]),
        ],
        subject_kind: Some("product"), ..PLAIN
    },
    Shape {
        name: "Zendesk, satisfaction ratings",
        marks: &["score", "comment", "requester_id", "ticket_id"],
        fields: &[
            (Field::Id, &["id"]), (Field::Rating, &["score"]), (Field::Status, &["score"]), (Field::Body, &["comment"]),
            (Field::AuthorId, &["requester_id"]), (Field::SubjectId, &["ticket_id"]), (Field::Published, &["created_at"]),
        ],
        not: &["url"], utc: true, subject_kind: Some("ticket"), ..PLAIN
    },
    Shape {
        name: "Amazon, seller feedback",
        marks: &["datum", "bewertung", "kommentar", "ihre_antwort", "transaktionsnummer"],
        fields: &[
            (Field::Rating, &["bewertung"]), (Field::Body, &["kommentar"]), (Field::Reply, &["ihre_antwort"]),
            (Field::Id, &["transaktionsnummer"]), (Field::Mail, &["e_mail_des_bewertenden", "e_mail_adresse_des_bewertenden"]),
        ],
        ..AMAZON
    },
    Shape {
        name: "Amazon, seller feedback",
        marks: &["datum", "bewertung", "kommentare", "ihre_antwort", "bestellnummer"],
        fields: &[
            (Field::Rating, &["bewertung"]), (Field::Body, &["kommentare"]), (Field::Reply, &["ihre_antwort"]),
            (Field::Id, &["bestellnummer"]),
        ],
        ..AMAZON
    },
    Shape {
        name: "Amazon, seller feedback",
        marks: &["date", "rating", "comments", "order_id", "rater_email"],
        fields: &[
            (Field::Body, &["comments"]), (Field::Reply, &["your_response", "response"]), (Field::Id, &["order_id"]),
            (Field::Mail, &["rater_email"]),
        ],
        ..AMAZON
    },
    Shape {
        name: "Amazon, seller feedback",
        marks: &["date", "evaluation", "commentaires", "votre_reponse"],
        fields: &[
            (Field::Rating, &["evaluation"]), (Field::Body, &["commentaires"]), (Field::Reply, &["votre_reponse"]),
            (Field::Id, &["numero_de_la_commande", "numero_de_commande", "n_de_commande"]),
        ],
        ..AMAZON
    },
    Shape {
        name: "Amazon, seller feedback",
        marks: &["data", "valutazione", "commenti"],
        fields: &[
            (Field::Rating, &["valutazione"]), (Field::Body, &["commenti"]),
            (Field::Reply, &["la_tua_risposta", "tua_risposta", "risposta"]),
            (Field::Id, &["numero_ordine", "numero_dell_ordine", "id_ordine"]),
        ],
        ..AMAZON
    },
    Shape {
        name: "Amazon, seller feedback",
        marks: &["fecha", "comentarios", "tu_respuesta"],
        fields: &[
            (Field::Rating, &["valoracion", "calificacion", "puntuacion"]), (Field::Body, &["comentarios"]),
            (Field::Reply, &["tu_respuesta"]), (Field::Id, &["numero_de_pedido", "n_de_pedido", "id_de_pedido"]),
        ],
        ..AMAZON
    },
    Shape {
        name: "Amazon, public reviews (2023)",
        marks: &["rating", "text", "asin", "user_id", "timestamp"],
        fields: &[
            (Field::Author, &[]), (Field::AuthorId, &["user_id"]), (Field::Subject, &["asin"]),
            (Field::SubjectId, &["asin"]), (Field::Up, &["helpful_vote", "helpful_votes"]),
        ],
        identity: Identity::Stable(&["user_id", "asin", "timestamp"]), utc: true, subject_kind: Some("product"), ..PLAIN
    },
    Shape {
        name: "Amazon, public reviews (2018)",
        marks: &["overall", "review_text", "asin", "reviewer_id"],
        fields: &[
            (Field::Rating, &["overall"]), (Field::Body, &["review_text"]), (Field::Title, &["summary"]),
            (Field::Author, &["reviewer_name"]), (Field::AuthorId, &["reviewer_id"]), (Field::Subject, &["asin"]),
            (Field::SubjectId, &["asin"]), (Field::Published, &["unix_review_time", "review_time"]),
            (Field::Up, &["vote"]),
        ],
        not: &["helpful"],
        identity: Identity::Stable(&["reviewer_id", "asin", "unix_review_time"]), utc: true, subject_kind: Some("product"), ..PLAIN
    },
    Shape {
        name: "Amazon, public reviews (2015)",
        marks: &["review_id", "star_rating", "review_headline", "review_body", "product_parent"],
        fields: &[
            (Field::AuthorId, &["customer_id"]), (Field::Subject, &["product_title"]), (Field::SubjectId, &["product_id"]),
            (Field::Up, &["helpful_votes"]), (Field::Author, &[]),
        ],
        utc: true, subject_kind: Some("product"), ..PLAIN
    },
    Shape {
        name: "a collector for Google Play",
        marks: &["review_id", "user_name", "content", "score"],
        fields: &[
            (Field::Rating, &["score"]), (Field::Body, &["content"]), (Field::Author, &["user_name"]),
            (Field::Published, &["at", "date"]), (Field::Up, &["thumbs_up_count"]), (Field::Reply, &["reply_content"]),
            (Field::ReplyAt, &["replied_at"]), (Field::SubjectId, &["app_id", "app"]),
        ],
        subject_kind: Some("app"), ..PLAIN
    },
    Shape {
        name: "a collector for Google Play",
        marks: &["id", "user_name", "score_text", "reply_text"],
        fields: &[
            (Field::Rating, &["score"]), (Field::Body, &["text"]), (Field::Author, &["user_name"]),
            (Field::Reply, &["reply_text"]), (Field::ReplyAt, &["reply_date"]), (Field::Up, &["thumbs_up"]),
        ],
        subject_kind: Some("app"), ..PLAIN
    },
    Shape {
        name: "a collector for the App Store",
        marks: &["user_name", "review", "rating", "title", "is_edited"],
        fields: &[
            (Field::Body, &["review"]), (Field::Author, &["user_name"]), (Field::Published, &["date"]),
            (Field::Reply, &["developer_response_body"]), (Field::ReplyAt, &["developer_response_modified"]),
        ],
        subject_kind: Some("app"), ..PLAIN
    },
    Shape {
        name: "a collector for the App Store",
        marks: &["id", "user_name", "user_url", "score", "text"],
        fields: &[
            (Field::Rating, &["score"]), (Field::Body, &["text"]), (Field::Author, &["user_name"]),
            (Field::Published, &["updated", "date"]),
        ],
        subject_kind: Some("app"), ..PLAIN
    },
    Shape {
        name: "AppFollow, reviews",
        marks: &["date", "rating", "review", "author", "app_version"],
        fields: &[
            (Field::Id, &["review_id", "id"]), (Field::Body, &["review", "content"]), (Field::Author, &["author"]),
            (Field::Subject, &["app", "app_name", "application"]), (Field::SubjectId, &["app_id", "ext_id"]),
            (Field::Reply, &["reply", "reply_text", "developer_reply", "answer"]),
            (Field::ReplyAt, &["reply_date", "developer_reply_date", "answer_date"]),
        ],
        not: &["store", "country"], subject_kind: Some("app"), ..PLAIN
    },
    Shape {
        name: "Appbot, reviews",
        marks: &["date", "rating", "subject", "body", "author", "sentiment"],
        fields: &[
            (Field::Id, &["review_id", "id"]), (Field::Title, &["subject"]), (Field::Body, &["body"]),
            (Field::Subject, &["app_name", "app"]), (Field::SubjectId, &["app_id"]),
            (Field::Reply, &["reply", "reply_text", "developer_reply"]),
            (Field::ReplyAt, &["reply_date", "developer_reply_date"]),
        ],
        not: &["store", "country"], subject_kind: Some("app"), ..PLAIN
    },
    Shape {
        name: "eBay, feedback",
        marks: &["feedback", "item_number", "rating"],
        fields: EBAY,
        ..PLAIN
    },
    Shape {
        name: "eBay, feedback",
        marks: &["comment_text", "comment_type", "commenting_user", "feedback_id"],
        fields: &[
            (Field::Id, &["feedback_id"]), (Field::Rating, &["comment_type"]), (Field::Body, &["comment_text"]),
            (Field::Author, &["commenting_user"]), (Field::Published, &["comment_time"]), (Field::Reply, &["feedback_response"]),
            (Field::Subject, &["item_title"]), (Field::SubjectId, &["item_id"]),
        ],
        utc: true, ..PLAIN
    },
    Shape {
        name: "ProvenExpert, reviews",
        marks: &["bewertungsdatum", "gesamtbewertung", "umfrage"],
        fields: &[(Field::Rating, &["gesamtbewertung"]), (Field::Published, &["bewertungsdatum"])],
        ..PLAIN
    },
    Shape {
        name: "Booking.com, guest reviews",
        marks: &["review_score", "positive_review", "negative_review"],
        fields: &[
            (Field::Id, &["reservation_number"]), (Field::Rating, &["review_score"]), (Field::Title, &["review_title"]),
            (Field::Author, &["guest_name"]), (Field::Reply, &["property_reply"]), (Field::Body, &[]),
        ],
        scale: Some((1.0, 10.0)), ..PLAIN
    },
    Shape {
        name: "Kiyoh (Klantenvertellen), reviews",
        marks: &["review_id", "review_author", "date_since", "review_content_default_overall"],
        fields: &[
            (Field::Rating, &["rating", "review_content_default_overall"]), (Field::Author, &["review_author"]),
            (Field::Title, &["review_content_default_oneliner"]), (Field::Body, &["review_content_default_opinion"]),
            (Field::Published, &["date_since"]), (Field::Edited, &["updated_since"]), (Field::Reply, &["review_comments"]),
            (Field::Subject, &["location_name"]), (Field::SubjectId, &["location_id"]),
        ],
        not: &["city"], scale: Some((1.0, 10.0)), utc: true, ..PLAIN
    },
    Shape {
        name: "Podium, reviews",
        marks: &["uid", "review_body", "review_rating", "review_site_review_id"],
        fields: &[
            (Field::Id, &["uid"]), (Field::Rating, &["review_rating"]), (Field::Body, &["review_body"]),
            (Field::Published, &["created_at"]), (Field::Permalink, &["review_url"]),
        ],
        utc: true, ..PLAIN
    },
    Shape {
        name: "Google Maps, reviews by Outscraper",
        marks: &["author_title", "review_text", "review_rating", "owner_answer"],
        fields: &[
            (Field::Id, &["review_id"]), (Field::Rating, &["review_rating"]), (Field::Title, &[]),
            (Field::Body, &["review_text"]), (Field::Author, &["author_title"]), (Field::Subject, &["name", "place_name"]),
            (Field::SubjectId, &["place_id", "google_id"]), (Field::Published, &["review_timestamp", "review_datetime_utc"]),
            (Field::Reply, &["owner_answer"]),
            (Field::ReplyAt, &["owner_answer_timestamp", "owner_answer_timestamp_datetime_utc"]),
            (Field::Up, &["review_likes"]), (Field::Permalink, &["review_link"]),
        ],
        utc: true, subject_kind: Some("store"), ..PLAIN
    },
    Shape {
        name: "Google Maps, reviews by a collector",
        marks: &["review_id", "stars", "published_at_date", "response_from_owner_text"],
        fields: &[
            (Field::Author, &["name"]), (Field::Title, &[]), (Field::Subject, &["title", "subject_name"]),
            (Field::SubjectId, &["place_id"]), (Field::Published, &["published_at_date"]),
            (Field::Permalink, &["review_url"]), (Field::Language, &["original_language", "language"]),
        ],
        utc: true, subject_kind: Some("store"), ..PLAIN
    },
    Shape {
        name: "Facebook, recommendations",
        marks: &["created_time", "recommendation_type", "review_text"],
        fields: &[
            (Field::Id, &["open_graph_story_id", "id"]), (Field::Rating, &["rating", "recommendation_type"]),
            (Field::Body, &["review_text"]), (Field::Author, &["reviewer_name"]), (Field::AuthorId, &["reviewer_id"]),
            (Field::Published, &["created_time"]),
        ],
        utc: true, ..PLAIN
    },
    Shape {
        name: "Feefo, reviews of the API",
        marks: &["merchant_identifier", "customer_display_name", "last_updated_date"],
        fields: &[
            (Field::Id, &["service_id", "products_id"]), (Field::Rating, &["service_rating_rating", "products_rating_rating"]),
            (Field::RatingMax, &[]), (Field::RatingMin, &[]),
            (Field::Title, &["service_title", "products_title"]), (Field::Body, &["service_review", "products_review"]),
            (Field::Author, &["customer_display_name"]), (Field::Published, &["service_created_at", "products_created_at"]),
            (Field::Subject, &["products_product_title"]), (Field::SubjectId, &["products_product_sku"]),
            (Field::Reply, &["service_thread_comment", "products_thread_comment"]),
            (Field::ReplyAt, &["service_thread_created_at", "products_thread_created_at"]),
            (Field::Verified, &[]), (Field::Edited, &[]),
        ],
        not: &["customer_display_location"], utc: true, ..PLAIN
    },
    Shape {
        name: "Feefo, reviews as a table",
        marks: &["feedback_date", "service_rating", "service_comment"],
        fields: &[
            (Field::Rating, &["service_rating", "product_rating"]), (Field::Body, &["service_comment", "product_comment"]),
            (Field::Published, &["feedback_date"]), (Field::SubjectId, &["product_id"]),
        ],
        ..PLAIN
    },
    Shape {
        name: "Steam, reviews",
        marks: &["recommendationid", "voted_up", "timestamp_created", "review"],
        fields: &[
            (Field::Id, &["recommendationid"]), (Field::Rating, &["voted_up"]), (Field::Body, &["review"]),
            (Field::Author, &["author_personaname"]), (Field::AuthorId, &["author_steamid"]),
            (Field::Published, &["timestamp_created"]), (Field::Edited, &["timestamp_updated"]),
            (Field::Reply, &["developer_response"]), (Field::ReplyAt, &["timestamp_dev_responded"]),
            (Field::Up, &["votes_up"]), (Field::SubjectId, &["app_id", "appid"]),
        ],
        utc: true, subject_kind: Some("app"), ..PLAIN
    },
    Shape {
        name: "PowerReviews, reviews",
        marks: &["review_id", "page_id", "review_text", "rating"],
        fields: &[
            (Field::Author, &["review_display_name", "review_display"]), (Field::Published, &["review_date"]),
            (Field::SubjectId, &["page_id"]),
        ],
        not: &["review_location"], subject_kind: Some("product"), ..PLAIN
    },
    Shape {
        name: "zeitnah, items as in a push",
        marks: &["id", "body", "published_at", "author_name"],
        fields: &[
            (Field::Rating, &["rating_value", "rating"]), (Field::Author, &["author_name", "author"]),
            (Field::AuthorId, &["author_id"]), (Field::Reply, &["reply_body", "reply"]), (Field::ReplyAt, &["reply_at"]),
        ],
        ..PLAIN
    },
];

const AMAZON: Shape = Shape {
    subject_kind: Some("order"),
    ..PLAIN
};

const EBAY: &[(Field, &[&str])] = &[
    (Field::Body, &["feedback"]),
    (Field::Author, &["from", "user", "buyer"]),
    (Field::Subject, &["item_title"]),
    (Field::SubjectId, &["item_number"]),
    (Field::Reply, &["reply", "response", "follow_up"]),
];

/// The shape whose marks all stand there.
pub fn of<'a>(has: impl Fn(&str) -> bool) -> Option<&'a Shape> {
    SHAPES
        .iter()
        .find(|shape| shape.marks.iter().all(|mark| has(mark)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::file::name;

    #[test]
    fn every_name_is_in_the_one_spelling_and_no_shape_hides_another() {
        for (i, shape) in SHAPES.iter().enumerate() {
            let names = shape.fields.iter().flat_map(|(_, names)| names.iter());
            for n in names.chain(shape.marks).chain(shape.not) {
                assert_eq!(name::plain(n), **n, "{}", shape.name);
            }
            let found = of(|mark| shape.marks.contains(&mark));
            let found = found.map(|f| f.marks);
            assert_eq!(
                found,
                Some(shape.marks),
                "{} is hidden by an earlier one ({i})",
                shape.name
            );
        }
    }
}
