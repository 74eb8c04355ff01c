-- SPDX-License-Identifier: Apache-2.0
-- The public log: a Merkle tree (RFC 6962) over entries of 64 bytes, its checkpoints and status lists as the signer signed
-- them, the statements of sheets, the keys and the registry of codes. docs/log.md tells the formats and who writes what.
set role touchstone_owner;

alter table lab.institute add column issuer text not null default 'CN-TS00' check (issuer ~ '^[A-Z0-9-]{1,16}$');

-- How long the log is. One row; locked by whoever appends, changed once per batch.
create table lab.log_head (
    only_one boolean primary key default true check (only_one),
    size bigint not null check (size >= 0)
);
insert into lab.log_head (size) values (0);

-- The entries. kind and ref are read from the entry, so that they cannot differ from it.
create table lab.log_leaf (
    idx bigint primary key check (idx >= 0),
    entry bytea not null check (length(entry) = 64 and substr(entry, 1, 4) = 'TSL1'),
    leaf bytea not null generated always as (sha256('\x00'::bytea || entry)) stored,
    kind smallint not null generated always as (get_byte(entry, 4)) stored check (kind between 1 and 7),
    ref bytea not null generated always as (substr(entry, 17, 8)) stored -- u64, big-endian
);
create index log_leaf_mark on lab.log_leaf (ref) where kind in (2, 3);
create index log_leaf_new_mark on lab.log_leaf (idx) where kind in (2, 3); -- since a list was signed there are few

-- The hashes of whole subtrees: level 1 covers two leaves, level 8 a tile of 256. Nothing that is not whole is kept.
create table lab.log_node (
    level smallint not null check (level >= 1),
    idx bigint not null check (idx >= 0),
    hash bytea not null check (length(hash) = 32),
    primary key (level, idx)
);

-- What the signer has signed: from here on the tree of this size is a promise.
create table lab.log_checkpoint (
    size bigint primary key check (size > 0),
    root bytea not null check (length(root) = 32),
    note text not null,
    at timestamptz not null
);

-- What waits to be entered, in this order, and what was. A sheet's digest is known only with its index, when its statement
-- is made; of the other kinds it is known beforehand.
create table lab.log_request (
    request_no bigint primary key generated always as identity,
    kind smallint not null check (kind between 1 and 6),
    reason smallint not null default 0 check (reason between 0 and 255),
    ref bigint, -- null: none, or known with the index
    digest bytea check (length(digest) = 32),
    kid bytea check (length(kid) = 8), -- of the key that a kind 5 or 6 speaks of
    sheet_no text collate "C",
    revision integer,
    requested_at timestamptz not null,
    parked_at timestamptz, -- its statement could not be made then
    idx bigint unique references lab.log_leaf,
    unique (sheet_no, revision),
    foreign key (sheet_no, revision) references lab.sheet (sheet_no, revision),
    check ((kind in (1, 2)) = (sheet_no is not null)),
    check (kind not in (2, 3) or ref is not null),
    check (kind not in (4, 5) or digest is not null),
    check (kind not in (5, 6) or kid is not null)
);
create index log_request_waiting on lab.log_request (request_no) where idx is null;
create index log_request_key on lab.log_request (kid, kind) where kid is not null; -- few among millions of sheets

-- What was signed for a sheet: the payload, byte for byte, its salt inside, and the COSE_Sign1 around it.
create table lab.sheet_statement (
    sheet_no text collate "C" not null,
    revision integer not null,
    idx bigint not null unique references lab.log_leaf,
    payload bytea not null,
    sid bytea not null unique generated always as (sha256('touchstone/sheet/1'::bytea || '\x0a'::bytea || payload)) stored,
    cose bytea not null check (position(payload in cose) > 0 and length(cose) < 4096),
    primary key (sheet_no, revision),
    foreign key (sheet_no, revision) references lab.sheet (sheet_no, revision)
);

-- The newest signed status list of a shard of 65,536 indexes.
create table lab.log_status (
    shard integer primary key check (shard >= 0),
    size bigint not null references lab.log_checkpoint,
    at timestamptz not null,
    note text not null
);

-- Public keys of this log. last_idx is set when a key retires: what it signs beyond it is worth nothing.
create table lab.log_key (
    kid bytea primary key check (length(kid) = 8),
    use text not null check (use in ('statement', 'log', 'log_p256', 'status', 'status_p256', 'seal')),
    spki bytea not null,
    name text not null, -- of the note's line; empty for statement and seal
    demonstration boolean not null,
    last_idx bigint,
    known_at timestamptz not null,
    check (kid = substr(sha256(spki), 1, 8))
);
create unique index log_key_one_log on lab.log_key (use) where use in ('log', 'log_p256', 'status', 'status_p256');

-- Who appends now. A lease, no business row: two daemons would only stand in each other's way.
create table lab.log_sequencer (
    only_one boolean primary key default true check (only_one),
    holder uuid,
    until timestamptz
);
insert into lab.log_sequencer (holder) values (null);

-- The meaning of numbers in statements. Append-only: what is renamed gets a new code.
create table lab.code (
    kind text not null check (kind in ('analyte', 'unit', 'method', 'rule')),
    code integer not null check (code > 0),
    id text collate "C" not null,
    zh text not null,
    en text not null,
    standard text not null default '',
    since integer not null,
    primary key (kind, code),
    unique (kind, id, zh, en, standard)
);
create table lab.code_registry (
    version integer primary key check (version > 0),
    bytes bytea not null,
    sha256 bytea not null unique generated always as (sha256(bytes)) stored,
    at timestamptz not null
);

update lab.schema_version set version = greatest(version, 31);
reset role;
