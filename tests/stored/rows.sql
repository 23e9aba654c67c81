-- A little of everything, in the columns of the first release, which every later one still has.
INSERT INTO item (id, source, scope, native_id, kind, tone, rating, title, body, language, author, subject, verified, votes,
    permalink, published_at, edited_at, first_seen_at, last_seen_at, revision, fingerprint, caps, raw, route, handling,
    escalation, deadline, due_at, version) VALUES
('00000000-0000-7000-8000-000000000001', 'shop', 'shop', 'r1', 'review', 'complaint', '{"value": 2, "min": 1, "max": 5}',
    'Nach zwei Wochen', 'Die Klinge klemmt.', 'de', '{"native_id": "c1", "name": "Jule"}',
    '{"kind": "product", "id": "p1", "name": "Schere", "url": null}', 'yes', '{"up": 3, "down": null}',
    'https://example.com/r1', '2026-03-02T08:00:00Z', NULL, '2026-03-02T08:05:00Z', '2026-03-02T08:05:00Z', 1, '\x01',
    '{"mode": "api", "limit": {"unit": "chars", "max": 500}, "retry": "upsert"}', '{"id": "r1"}', 'default',
    '{"state": "open"}', NULL, '{"base": "published", "from": "2026-03-02T08:00:00Z", "due": "2026-03-03T08:00:00Z"}',
    '2026-03-03T08:00:00Z', 1),
('00000000-0000-7000-8000-000000000002', 'shop', 'shop', 'r2', 'question', 'question', NULL, NULL, 'Gibt es Ersatzfedern?',
    'de', '{"native_id": null, "name": null}', NULL, NULL, '{"up": null, "down": null}', NULL, '2026-03-02T09:00:00Z', NULL,
    '2026-03-02T09:05:00Z', '2026-03-02T09:05:00Z', 1, '\x02', '{"mode": "none", "limit": null, "retry": "append"}', '{}',
    'default', '{"state": "claimed", "by": "slack:U0ANNA", "until": "2026-03-04T10:00:00Z"}',
    '{"by": "slack:U0ANNA", "at": "2026-03-02T10:00:00Z", "to": "Technik", "why": "Federn"}', NULL, NULL, 3),
('00000000-0000-7000-8000-000000000003', 'google', 'loc-1', 'r3', 'review', 'praise', '{"value": 5, "min": 1, "max": 5}',
    NULL, 'Great shop!', 'en', '{"native_id": null, "name": "Rolf"}', NULL, NULL, '{"up": null, "down": null}', NULL,
    '2026-03-01T09:00:00Z', '2026-03-01T12:00:00Z', '2026-03-01T09:05:00Z', '2026-03-02T09:05:00Z', 2, '\x03',
    '{"mode": "api", "limit": {"unit": "bytes", "max": 4096}, "edit": true, "retry": "upsert"}', '{}', 'default',
    '{"state": "answered", "by": "slack:U0ANNA", "at": "2026-03-01T15:00:00Z"}', NULL, NULL, NULL, 5),
('00000000-0000-7000-8000-000000000004', 'google', 'loc-1', 'r4', 'review', 'complaint', '{"value": 1, "min": 1, "max": 5}',
    NULL, NULL, NULL, '{"native_id": null, "name": "Anonym"}', NULL, NULL, '{"up": null, "down": null}', NULL,
    '2026-03-01T09:00:00Z', NULL, '2026-03-01T09:05:00Z', '2026-03-02T09:05:00Z', 1, '\x04',
    '{"mode": "api", "limit": null, "retry": "upsert"}', '{}', 'default',
    '{"state": "removed", "at": "2026-03-02T09:05:00Z"}', NULL, NULL, NULL, 2);
INSERT INTO item_revision VALUES ('00000000-0000-7000-8000-000000000003', 1, '{"value": 4, "min": 1, "max": 5}', NULL,
    'Good shop.', '2026-03-01T12:05:00Z');
INSERT INTO card (id, item_id, channel, chat, room, message_id, wanted, shown, watched, posted_at)
SELECT ('00000000-0000-7000-8001-00000000000' || n)::uuid, ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'care',
    'slack', 'C0CARE', '1.' || n, 1, 1, n < 3, '2026-03-02T08:06:00Z' FROM generate_series(1, 4) n;
INSERT INTO item_event (id, item_id, at, by_person, what, detail) VALUES
('00000000-0000-7000-8002-000000000001', '00000000-0000-7000-8000-000000000001', '2026-03-02T08:05:00Z', NULL, 'received',
    '{"what": "received", "route": "default"}'),
('00000000-0000-7000-8002-000000000002', '00000000-0000-7000-8000-000000000002', '2026-03-02T09:05:00Z', NULL, 'received',
    '{"what": "received", "route": "default"}'),
('00000000-0000-7000-8002-000000000003', '00000000-0000-7000-8000-000000000002', '2026-03-02T09:10:00Z', 'slack:U0ANNA',
    'claimed', '{"what": "claimed", "until": "2026-03-04T10:00:00Z"}'),
('00000000-0000-7000-8002-000000000004', '00000000-0000-7000-8000-000000000002', '2026-03-02T10:00:00Z', 'slack:U0ANNA',
    'escalated', '{"what": "escalated", "to": "Technik", "why": "Federn"}'),
('00000000-0000-7000-8002-000000000005', '00000000-0000-7000-8000-000000000003', '2026-03-01T09:05:00Z', NULL, 'received',
    '{"what": "received", "route": "default"}'),
('00000000-0000-7000-8002-000000000006', '00000000-0000-7000-8000-000000000003', '2026-03-01T12:05:00Z', NULL, 'edited',
    '{"what": "edited", "revision": 2, "stars_before": 4, "stars_now": 5}'),
('00000000-0000-7000-8002-000000000007', '00000000-0000-7000-8000-000000000003', '2026-03-01T15:00:00Z', 'slack:U0ANNA',
    'visible', '{"what": "visible", "minutes": 360, "in_time": true}'),
('00000000-0000-7000-8002-000000000008', '00000000-0000-7000-8000-000000000004', '2026-03-01T09:05:00Z', NULL, 'received',
    '{"what": "received", "route": "default"}'),
('00000000-0000-7000-8002-000000000009', '00000000-0000-7000-8000-000000000004', '2026-03-02T09:05:00Z', NULL,
    'removed_at_source', '{"what": "removed_at_source"}');
INSERT INTO reply (id, item_id, body, by_person, state, answers, approvals, native_id, created_at, sent_at) VALUES
('00000000-0000-7000-8003-000000000001', '00000000-0000-7000-8000-000000000003', 'Danke! Auch für das Lob der Klinge.',
    'slack:U0ANNA', '{"state": "visible", "at": "2026-03-01T15:00:00Z"}', 2, 1, 'a1', '2026-03-01T14:00:00Z',
    '2026-03-01T14:30:00Z');
UPDATE item SET reply_id = '00000000-0000-7000-8003-000000000001' WHERE id = '00000000-0000-7000-8000-000000000003';
INSERT INTO effect (id, key, kind, body, item_id, lane, serial, pace, state, run_at, attempts, begun_at, created_at,
    settled_at, last_error) VALUES
('00000000-0000-7000-8004-000000000001', 'card:1', 'post_card',
    '{"v1": "post_card", "card": "00000000-0000-7000-8001-000000000001"}', '00000000-0000-7000-8000-000000000001', 1,
    'room:slack:C0CARE', 'room:slack:C0CARE', 'done', '2026-03-02T08:05:00Z', 1, '2026-03-02T08:05:30Z',
    '2026-03-02T08:05:00Z', '2026-03-02T08:06:00Z', NULL),
('00000000-0000-7000-8004-000000000002', 'edit:2', 'edit_card',
    '{"v1": "edit_card", "card": "00000000-0000-7000-8001-000000000002"}', '00000000-0000-7000-8000-000000000002', 1,
    'room:slack:C0CARE', 'room:slack:C0CARE', 'ready', '2026-03-02T10:00:00Z', 0, NULL, '2026-03-02T10:00:00Z', NULL, NULL),
('00000000-0000-7000-8004-000000000003', 'whisper:3', 'whisper',
    '{"v1": "whisper", "room": "C0LEADS", "user": "U0ANNA", "thread": null, "answer_to": null, "text": [{"text": "Hallo"}]}',
    NULL, 0, 'whisper:3', 'room:slack:C0LEADS', 'unknown', '2026-03-02T10:00:00Z', 1, '2026-03-02T09:59:00Z',
    '2026-03-02T10:00:00Z', NULL, 'timeout'),
('00000000-0000-7000-8004-000000000004', 'note:4', 'post_note',
    '{"v1": "post_note", "card": "00000000-0000-7000-8001-000000000002", "event": "00000000-0000-7000-8002-000000000004", "ping": []}',
    '00000000-0000-7000-8000-000000000002', 1, 'item:2', 'room:slack:C0CARE', 'dead', '2026-03-02T10:00:00Z', 9,
    '2026-03-02T10:00:00Z', '2026-03-02T10:00:00Z', '2026-03-02T11:00:00Z', 'channel_not_found');
INSERT INTO effect_attempt VALUES ('00000000-0000-7000-8004-000000000001', '2026-03-02T08:05:30Z', '2026-03-02T08:06:00Z',
    'done', NULL);
INSERT INTO timer (id, item_id, kind, at) VALUES ('00000000-0000-7000-8005-000000000001',
    '00000000-0000-7000-8000-000000000001', 'due', '2026-03-03T08:00:00Z');
INSERT INTO inbox (chat, key, raw, received_at, lease_until, done_at) VALUES
    ('slack', 'k1', '\x7b7d', '2026-03-02T09:10:00Z', '2026-03-02T09:10:20Z', '2026-03-02T09:10:01Z');
INSERT INTO delivery (source, key, received_at, answer) VALUES
    ('shop', 'd1', '2026-03-02T08:05:00Z', '{"accepted": 1, "new": 1, "changed": 0, "unchanged": 0, "rejected": []}');
INSERT INTO source_state (source, cursor, next_poll_at, last_ok_at) VALUES
    ('google', '{"since": "2026-03-02T09:00:00Z"}', '2026-03-02T09:10:00Z', '2026-03-02T09:05:00Z');
INSERT INTO person (id, name, looked_up_at) VALUES ('slack:U0ANNA', 'Anna', '2026-03-02T09:10:00Z');
INSERT INTO circle (chat, key, read_at, next_read_at) VALUES
    ('slack', 'room:C0CARE', '2026-03-02T09:00:00Z', '2026-03-02T10:00:00Z');
INSERT INTO member (chat, circle, user_id) VALUES ('slack', 'room:C0CARE', 'U0ANNA');
INSERT INTO digest_slot VALUES ('morning', 'C0CARE', '2026-03-02T08:00:00', '2026-03-02T07:00:01Z');
INSERT INTO digest_plan (digest, room, since) VALUES ('morning', 'C0CARE', '2026-02-01T00:00:00Z');
INSERT INTO import_run (source, file, byte_offset, line, counts, updated_at) VALUES
    ('shop', 'abc', 120, 3, '{"new": 2, "changed": 0, "same": 0, "bad": 0}', '2026-03-01T08:00:00Z');
