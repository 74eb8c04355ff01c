-- SPDX-License-Identifier: Apache-2.0
-- A name or a description shows something: a sign, and not only white space or what nobody sees. What stands in the books from
-- before stays as it is, and is held to it when it is corrected.
set role touchstone_owner;

-- The same list as utf8_shows_nothing (proto/wire/utf8.c): White_Space, Default_Ignorable_Code_Point, the blank of Braille.
create function lab.shows(said text) returns boolean
language plpgsql immutable strict set search_path = pg_catalog, pg_temp as $$
begin
    return said ~ ('[^\u0009-\u000d\u0020\u0085\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f'
                   || '\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8'
                   || '\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]');
end
$$;

-- Without white space at both ends. A variation selector belongs to the letter before it and stays.
create function lab.trimmed(said text) returns text
language plpgsql immutable strict set search_path = pg_catalog, pg_temp as $$
begin
    return btrim(said, E' \t\n\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u3000\ufeff');
end
$$;

alter table lab.person add constraint person_name_shows check (lab.shows(name)) not valid;
alter table lab.staff add constraint staff_name_shows check (lab.shows(name)) not valid;
alter table lab.item add constraint item_name_shows check (lab.shows(name)) not valid;
alter table lab.storage_place add constraint storage_place_name_shows check (lab.shows(name)) not valid;
alter table lab.incident add constraint incident_description_shows check (lab.shows(description)) not valid;
alter table lab.item_rejection add constraint item_rejection_words_show check (lab.shows(words)) not valid;
alter table lab.receipt add constraint receipt_void_reason_shows check (void_reason = '' or lab.shows(void_reason)) not valid;

update lab.schema_version set version = greatest(version, 54);
reset role;
