//! What an item is made of, and what exports call it. Every name is in the spelling of `name::plain`; of a field's names the
//! first one that the file has is taken. Shapes that are known by name have tables of their own (`shape.rs`).

use crate::source::file::name;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    Id,
    Kind,
    Rating,
    RatingMin,
    RatingMax,
    Title,
    Body,
    /// Where praise and blame have columns of their own.
    Good,
    Bad,
    Language,
    Author,
    AuthorLast,
    AuthorId,
    /// Tells two people of one name apart; it is not kept as the author's.
    Mail,
    Subject,
    SubjectId,
    SubjectKind,
    Up,
    Down,
    Permalink,
    Published,
    Edited,
    Verified,
    Order,
    Version,
    Device,
    Country,
    Status,
    Removed,
    Reply,
    ReplyAt,
    ReplyBy,
    ReplyId,
    ReplyState,
    /// The row is an answer to this one.
    Parent,
}

/// A field, the word for it on the command line and in the README, and its names.
pub struct Names {
    pub field: Field,
    pub word: &'static str,
    pub names: &'static [&'static str],
}

const fn names(field: Field, word: &'static str, names: &'static [&'static str]) -> Names {
    Names { field, word, names }
}

#[rustfmt::skip]
pub const FIELDS: &[Names] = &[
    names(Field::Id, "id", &["id", "review_id", "native_id", "reviewid", "bewertungs_id", "bewertung_id", "rezensions_id",
        "rezension_id", "bewertungsnummer", "bewertungs_nr", "kommentar_id", "comment_id", "feedback_id", "uuid", "guid",
        "external_id", "id_bewertung", "id_der_bewertung", "review_number", "nummer"]),
    names(Field::Kind, "kind", &["kind", "type", "art"]),
    names(Field::Rating, "rating", &["review_rating", "review_stars", "rating", "stars", "star", "sterne", "star_rating", "rating_value", "anzahl_sterne", "sternebewertung", "sterne_bewertung", "bewertung_sterne", "gesamtbewertung",
        "overall", "overall_rating", "score", "review_score", "rating_score", "punkte", "punktzahl",
        "bewertungspunkte", "bewertung", "points", "valoracion", "calificacion", "puntuacion", "evaluation", "valutazione",
        "beoordeling", "customer_rating", "user_rating", "rate", "stars_given", "review", "grade", "recommendation_type"]),
    names(Field::RatingMin, "rating_min", &["rating_min"]),
    names(Field::RatingMax, "rating_max", &["rating_max", "best_rating", "max_rating", "rating_scale", "rating_range"]),
    names(Field::Title, "title", &["review_title", "review_headline", "title", "headline", "heading", "titel", "ueberschrift", "betreff",
        "bewertungstitel", "titel_der_bewertung", "summary", "zusammenfassung", "kurzfassung", "titulo", "titre", "titolo", "kommentartitel", "bewertungsueberschrift", "rezensionstitel", "comment_title", "feedback_title"]),
    names(Field::Body, "body", &["body", "text", "comment", "content", "review_text", "review_body", "review_content",
        "review_comment", "review_message", "message", "kommentar", "bewertungstext", "text_der_bewertung", "rezensionstext",
        "rezension", "kommentartext", "kundenkommentar", "freitext", "nachricht", "inhalt", "erfahrung", "erfahrungsbericht",
        "meinung", "feedback", "feedback_text", "comments", "comment_text", "customer_comment", "customer_review",
        "user_review", "review", "opinion", "description", "beschreibung", "bewertung", "comentario", "comentarios",
        "commentaire", "commentaires", "commento", "commenti", "resena", "avis", "recensione", "body_text", "question",
        "frage", "overall_comments", "overall_comment", "customer_message", "review_description", "verbesserungsvorschlaege", "detail"]),
    names(Field::Good, "good", &["positive", "positives", "positive_review", "pros", "pro", "advantages", "vorteile", "positiv",
        "positiver_kommentar", "was_hat_gefallen", "liked", "what_do_you_like_best", "what_did_you_like_best", "what_did_you_like", "love", "gut_am_arbeitgeber_finde_ich", "das_hat_mir_gefallen", "positives_feedback"]),
    names(Field::Bad, "bad", &["negative", "negatives", "negative_review", "cons", "contra", "kontra", "disadvantages", "nachteile", "negativ",
        "negativer_kommentar", "was_hat_nicht_gefallen", "disliked", "what_do_you_dislike", "what_did_you_dislike", "what_did_you_not_like", "hate", "schlecht_am_arbeitgeber_finde_ich", "das_hat_mir_nicht_gefallen", "negatives_feedback"]),
    names(Field::Language, "language", &["language", "lang", "sprache", "review_language", "reviewer_language",
        "language_code", "sprachcode", "locale", "original_language", "idioma", "langue", "content_locale", "review_locale"]),
    names(Field::Author, "author", &["author", "author_name", "author_title", "reviewer", "reviewer_name", "reviewer_display_name",
        "author_display_name", "display_name", "user_name", "username", "customer_name", "customer", "consumer_display_name",
        "consumer_name", "user_display_name", "user_username", "user_nickname", "author_username", "kundenname", "kunde", "verfasser", "verfasser_in", "verfasserin", "autor",
        "autorin", "rezensent", "rezensentin", "bewerter", "bewertet_von", "benutzername", "benutzer", "nutzername", "nutzer",
        "nickname", "reviewer_nickname", "user_nickname", "profile_name", "profilname", "guest_name", "gast", "gastname",
        "comment_author", "name", "full_name", "first_name", "vorname", "buyer", "kaeufer", "absender", "user", "nombre",
        "nom", "nome", "auteur", "autore", "reviewed_by", "written_by", "created_by", "von", "anzeigename", "external_user", "your_name", "what_s_your_name", "what_s_your_first_name", "ihr_name", "dein_name"]),
    names(Field::AuthorLast, "author_last", &["last_name", "nachname", "customer_last_name", "surname"]),
    names(Field::AuthorId, "author_id", &["author_id", "user_id", "customer_id", "reviewer_id", "consumer_id",
        "kundennummer", "kunden_id", "kundennr"]),
    names(Field::Mail, "mail", &["email", "e_mail", "mail", "author_email", "reviewer_email", "customer_email", "user_email",
        "e_mail_adresse", "mailadresse", "review_user_email", "external_email", "email_adresse", "e_mail_adresse_des_autors", "email_adresse_des_autors"]),
    names(Field::Subject, "subject", &["subject", "subject_name", "product", "product_name", "product_title", "produkt",
        "produktname", "produkttitel", "artikel", "artikelname", "artikelbezeichnung", "ware", "item_name", "item_title",
        "item", "store", "store_name", "shop_name", "place_name", "place_title", "branch", "branch_name", "filialname", "restaurant", "filiale", "standort", "location_name", "location", "business_name", "webshop_name",
        "shop", "app", "app_name", "hotel", "listing", "producto", "produit", "prodotto", "course_name", "original_product_name", "produktvariation", "gehoert_zum_artikel"]),
    names(Field::SubjectId, "subject_id", &["subject_id", "product_id", "sku", "product_sku", "subject_sku", "asin",
        "produkt_id", "produktnummer", "artikelnummer", "artikel_nr", "artikelnr", "product_handle", "handle", "item_id",
        "item_number", "ean", "gtin", "store_id", "location_id", "filial_id", "app_id", "app_identifier", "product_external_id", "article_id", "id_product", "place_id", "business_id", "assigned_posts", "shop_id", "branch_id"]),
    names(Field::SubjectKind, "subject_kind", &["subject_kind"]),
    names(Field::Up, "votes_up", &["votes_up", "helpful", "helpful_votes", "helpful_vote", "helpful_count", "thumbs_up",
        "thumbs_up_count", "upvotes", "likes", "likes_count", "useful", "hilfreich", "anzahl_hilfreich"]),
    names(Field::Down, "votes_down", &["votes_down", "not_helpful", "thumbs_down", "downvotes", "dislikes",
        "nicht_hilfreich"]),
    names(Field::Permalink, "permalink", &["permalink", "review_url", "review_link", "url", "link", "href"]),
    names(Field::Published, "published_at", &["published_at", "date", "created_at", "created", "datum", "published",
        "review_date", "date_created", "created_date", "creation_date", "create_time", "created_time", "timestamp_created", "feedback_date", "published_time", "created_on", "submitted_at",
        "submission_date", "submission_time", "submitted", "date_published", "published_date", "publish_date", "publisher_date", "bewertung_vom", "date_posted",
        "posted_at", "posted", "review_created", "review_created_at", "review_creation_date", "review_time", "timestamp",
        "time", "datetime", "date_time", "at", "bewertungsdatum", "datum_der_bewertung", "rezensionsdatum", "erstellt_am",
        "erstellt", "erstellungsdatum", "verfasst_am", "geschrieben_am", "veroeffentlicht_am", "veroeffentlicht",
        "abgegeben_am", "eingegangen_am", "eingang", "eingestellt_am", "zeitpunkt", "zeitstempel", "zeit", "fecha", "data",
        "date_de_publication", "comment_date", "unix_review_time", "unix_time", "published_at_date", "submit_date", "date_add", "date_since", "stamp", "bewertet_am"]),
    names(Field::Edited, "edited_at", &["edited_at", "updated_at", "modified_at", "changed_at", "update_time", "updated",
        "last_updated", "last_modified", "date_modified", "date_updated", "updated_time", "timestamp_updated", "last_updated_date", "updated_date", "review_updated",
        "review_updated_at", "geaendert_am", "bearbeitet_am", "aktualisiert_am", "aenderungsdatum", "date_upd", "updated_since"]),
    names(Field::Verified, "verified", &["verified", "verified_purchase", "verified_buyer", "is_verified", "verifiziert",
        "verifizierter_kauf", "verified_review", "kauf_bestaetigt"]),
    names(Field::Order, "order", &["order_id", "order_number", "order_no", "order_nr", "order_name", "order_reference",
        "order_ref", "reference_id", "reference_number", "transaction_reference", "amazon_order_id", "bestellnummer",
        "bestellnr", "bestell_nr", "bestell_id", "bestellung", "auftragsnummer", "auftrags_nr", "auftrag"]),
    names(Field::Version, "version", &["app_version_name", "app_version", "version_name", "review_created_version",
        "comments_user_comment_app_version_name", "version"]),
    names(Field::Device, "device", &["device", "device_name", "device_model", "geraet",
        "comments_user_comment_device_metadata_product_name"]),
    names(Field::Country, "country", &["territory", "country", "country_code", "land", "laendercode", "storefront",
        "consumer_country_code", "reviewer_country"]),
    names(Field::Status, "status", &["status", "state", "moderation_status", "review_status", "freigabe"]),
    names(Field::Removed, "removed", &["removed", "deleted", "is_deleted", "geloescht"]),
    names(Field::Reply, "reply", &["reply", "reply_text", "reply_body", "reply_content", "reply_comment", "reply_message",
        "response", "response_text", "response_body", "response_comment", "answer", "antwort", "antworttext", "antwort_text",
        "unsere_antwort", "ihre_antwort", "your_response", "your_reply", "haendlerantwort", "antwort_des_haendlers",
        "anbieterantwort", "antwort_des_anbieters", "stellungnahme", "gegendarstellung", "company_response", "company_reply",
        "company_reply_text", "business_response", "business_reply", "owner_response", "owner_reply", "owner_answer",
        "response_from_owner_text", "merchant_reply", "merchant_response", "shop_reply", "store_reply", "store_response",
        "seller_response", "seller_reply", "vendor_response", "developer_reply", "developer_reply_text", "developer_response",
        "developer_response_body", "developer_comment", "review_reply", "review_reply_comment", "review_reply_text",
        "management_response", "hotel_response", "public_reply", "replies", "replies_text", "replies_body",
        "kommentar_des_haendlers", "respuesta", "reponse", "risposta", "rueckmeldung", "official_response", "client_response", "client_response_text", "brand_response", "employer_response", "host_response", "provider_response", "publisher_response", "restaurant_response", "merchant_comment", "seller_comment", "shop_comment", "shop_antwort", "shopkommentar", "hotelierkommentar", "kommentar_des_hotels", "our_reply", "our_response", "admin_reply", "admin_response", "staff_reply", "staff_response", "response_from_the_owner", "response_from_owner", "haendlerkommentar", "kommentar_des_anbieters", "kommentar_des_inhabers", "antwort_des_inhabers", "antwort_vom_inhaber", "antwort_des_shops", "antwort_des_unternehmens", "stellungnahme_des_arbeitgebers", "stellungnahme_des_unternehmens", "unser_kommentar"]),
    names(Field::ReplyAt, "reply_at", &["reply_at", "reply_date", "replied_at", "replied_on", "reply_created_at",
        "reply_create_time", "reply_update_time", "reply_time", "response_at", "response_date", "responded_at",
        "response_created_at", "answered_at", "kommentiert_am", "answer_date", "antwort_am", "antwortdatum", "antwort_datum",
        "datum_der_antwort", "beantwortet_am", "company_reply_date", "company_reply_created_at", "company_response_date",
        "owner_response_date", "developer_reply_date", "developer_reply_date_and_time", "developer_response_modified",
        "developer_response_date", "review_reply_update_time", "review_reply_date", "reply_created", "replies_created_at",
        "reply_posted_at", "merchant_reply_date", "client_response_date", "vendor_response_date", "merchant_response_date", "reply_published_at", "stellungnahme_am"]),
    names(Field::ReplyBy, "reply_by", &["reply_by", "replied_by", "reply_author", "reply_author_name", "responded_by",
        "response_by", "answered_by", "antwort_von", "beantwortet_von", "replies_author"]),
    names(Field::ReplyId, "reply_id", &["reply_id"]),
    names(Field::ReplyState, "reply_state", &["reply_state"]),
    names(Field::Parent, "parent", &["comment_parent", "parent_id", "in_reply_to", "in_reply_to_id", "antwort_auf"]),
];

/// What stands before a name and says nothing more: envelopes, and the word for the thing itself.
const ENVELOPES: &[&str] = &[
    "attributes_",
    "node_",
    "fields_",
    "properties_",
    "item_",
    "source_",
    "data_",
    "review_",
    "bewertung_",
    "rezension_",
    "customer_",
    "kunden_",
];
/// What an answer's parts are called behind what the answer is called: `responses.body`, `owner_answer_timestamp`.
const ANSWERS: &[&str] = &["responses", "replies", "answers", "antworten"];
const ANSWER_WORDS: &[&str] = &[
    "text",
    "body",
    "comment",
    "content",
    "message",
    "inhalt",
    "kommentar",
];
/// What stands behind a date's name and says where its clock is.
const UTC: &[&str] = &["_utc", "_gmt", "_in_utc"];

impl Field {
    pub fn word(self) -> &'static str {
        FIELDS.iter().find(|n| n.field == self).map_or("", |n| n.word)
    }

    /// A field by the word for it, or by any of its names that no other field has before it.
    pub fn named(word: &str) -> Option<Self> {
        let plain = name::plain(word);
        let by_word = FIELDS.iter().find(|n| n.word == plain);
        let by_name = || FIELDS.iter().find(|n| n.names.contains(&plain.as_str()));
        by_word.or_else(by_name).map(|n| n.field)
    }
}

/// A column's name may stand for several fields; how near it is to each, nearest first.
pub fn candidates(plain: &str) -> Vec<(Field, usize)> {
    let bare = bare(plain);
    let mut spellings = vec![plain.to_owned()];
    if bare != plain {
        spellings.push(bare.to_owned());
    }
    let unscaled = unscaled(bare);
    if unscaled != bare {
        spellings.push(unscaled.to_owned());
    }
    for spelling in [plain, bare] {
        for envelope in ENVELOPES {
            if let Some(rest) = spelling.strip_prefix(envelope)
                && !spellings.iter().any(|s| s == rest)
            {
                spellings.push(rest.to_owned());
            }
        }
    }
    let mut found: Vec<(Field, usize)> = Vec::new();
    for (distance, spelling) in spellings.iter().enumerate() {
        for names in FIELDS {
            let Some(rank) = names.names.iter().position(|n| n == spelling) else {
                continue;
            };
            if !found.iter().any(|(field, _)| *field == names.field) {
                // One that is spelt in full comes before one that had to be unpacked.
                found.push((names.field, distance * 1000 + rank));
            }
        }
    }
    if let Some(field) = of_answer(bare) {
        // What it would say without the answer's name, it does not say.
        found.retain(|(known, rank)| *known == field || *rank < 1000);
        if !found.iter().any(|(known, _)| *known == field) {
            found.push((field, 900));
        }
    }
    found
}

/// A part of an answer, by the answer's name and the part's.
fn of_answer(plain: &str) -> Option<Field> {
    let dated = ["datum_der_", "datum_des_", "date_of_"];
    let own = |field: Field| {
        FIELDS
            .iter()
            .filter(move |n| n.field == field)
            .flat_map(|n| n.names)
    };
    let is = |field: Field, part: &str| own(field).any(|name| *name == part);
    if let Some(answer) = dated.iter().find_map(|of| plain.strip_prefix(of)) {
        let bare = answer.strip_suffix('s').unwrap_or(answer);
        return (is(Field::Reply, answer) || is(Field::Reply, bare)).then_some(Field::ReplyAt);
    }
    plain.match_indices('_').find_map(|(at, _)| {
        let (answer, part) = (&plain[..at], &plain[at + 1..]);
        if !ANSWERS.contains(&answer) && !is(Field::Reply, answer) {
            return None;
        }
        match part {
            "id" => Some(Field::ReplyId),
            "vom" | "am" => Some(Field::ReplyAt),
            part if ANSWER_WORDS.contains(&part) => Some(Field::Reply),
            part if is(Field::Published, part) => Some(Field::ReplyAt),
            part if is(Field::Author, part) || part.ends_with("author_name") => Some(Field::ReplyBy),
            _ => None,
        }
    })
}

/// Without what says in which zone it is.
pub fn bare(plain: &str) -> &str {
    UTC.iter()
        .find_map(|end| plain.strip_suffix(end))
        .unwrap_or(plain)
}

/// Without the scale that some write behind it: "Gesamtbewertung (1-5)", "Rating (out of 10)". A number alone counts stars
/// ("rating_5"), and is left.
pub fn unscaled(plain: &str) -> &str {
    scaled(plain).map_or(plain, |(name, _)| name)
}

/// The name and the scale behind it.
pub fn scaled(plain: &str) -> Option<(&str, (f64, f64))> {
    let ends = [("_5", 5.0), ("_6", 6.0), ("_10", 10.0), ("_100", 100.0)];
    ends.iter().find_map(|(end, best)| {
        let rest = plain.strip_suffix(end)?;
        let from = ["_0", "_1", "_out_of", "_of", "_von", "_aus", "_max"];
        from.iter().find_map(|from| {
            let worst = if *from == "_0" || *best > 10.0 { 0.0 } else { 1.0 };
            Some((rest.strip_suffix(from)?, (worst, *best)))
        })
    })
}

/// Whether a date's name says that it is UTC.
pub fn is_utc(plain: &str) -> bool {
    bare(plain) != plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(name: &str) -> Option<Field> {
        let mut found = candidates(&name::plain(name));
        found.sort_by_key(|(_, rank)| *rank);
        found.first().map(|(field, _)| *field)
    }

    #[test]
    fn german_and_english_names_are_known() {
        for (name, field) in [
            ("Sterne", Field::Rating),
            ("Verfasser", Field::Author),
            ("Antwort", Field::Reply),
            ("Produkt", Field::Subject),
            ("Datum", Field::Published),
            ("Text", Field::Body),
            ("Review Created (UTC)", Field::Published),
            ("attributes.reviewerNickname", Field::Author),
            ("Developer Reply Text", Field::Reply),
            ("Review Username", Field::Author),
            ("Gesamtbewertung (1-5)", Field::Rating),
            ("Rating (out of 10)", Field::Rating),
            ("owner_response.text", Field::Reply),
            ("owner_response.published_date", Field::ReplyAt),
            ("responses.siteAuthorName", Field::ReplyBy),
            ("Response Content", Field::Reply),
            ("responseFromOwnerDate", Field::ReplyAt),
            ("owner_answer_timestamp", Field::ReplyAt),
            ("antwort.text", Field::Reply),
            ("Bestellnummer", Field::Order),
            ("App Version Name", Field::Version),
            ("attributes.territory", Field::Country),
        ] {
            assert_eq!(first(name), Some(field), "{name}");
        }
        for name in ["Notiz", "Orderly", "helpfulness_bonus", "Kampagne", "rating_5"] {
            assert_eq!(first(name), None, "{name}");
        }
    }

    #[test]
    fn every_name_is_in_the_one_spelling() {
        for names in FIELDS {
            for n in names.names.iter().chain([&names.word]) {
                assert_eq!(name::plain(n), **n);
            }
        }
    }
}
