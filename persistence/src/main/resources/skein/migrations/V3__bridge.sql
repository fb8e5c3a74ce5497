-- What is on its way from workspaces to other systems. A projection of the journal fills it; what has left, and what was given up, goes from here once
-- its workspace knows.
CREATE TABLE bridge_delivery (
  -- As the settings call it; empty for what policy lets go nowhere.
  target       TEXT COLLATE "C" NOT NULL,
  workspace    TEXT COLLATE "C" NOT NULL,
  event_id     TEXT COLLATE "C" NOT NULL,
  module       TEXT             NOT NULL,
  kind         TEXT             NOT NULL,
  body         TEXT             NOT NULL,
  created_at   TIMESTAMPTZ      NOT NULL,

  -- waiting, sent, dead or withheld; all but the first wait for their workspace to be told.
  state        TEXT             NOT NULL,
  attempts     INTEGER          NOT NULL DEFAULT 0,
  -- When it is tried, or told, next. Whoever takes one puts this off, so that one that is lost on the way comes back.
  next_attempt TIMESTAMPTZ      NOT NULL,
  -- Why it failed last.
  detail       TEXT             NOT NULL DEFAULT '',

  PRIMARY KEY (workspace, event_id, target)
);

CREATE INDEX bridge_delivery_waiting_idx ON bridge_delivery (target, next_attempt) WHERE state = 'waiting';
CREATE INDEX bridge_delivery_settled_idx ON bridge_delivery (next_attempt) WHERE state <> 'waiting';
