-- SPDX-License-Identifier: Apache-2.0
-- A picture in the books is one that a sheet can show, against plain SQL too: its head, its size in pixels and its end are looked
-- at here. The daemon looks at every byte (proto/wire/picture.h), whose bounds these are.
set role touchstone_owner;

create or replace function lab.is_picture_size(width bigint, height bigint) returns boolean
language sql immutable as $$
    select width between 1 and 12000 and height between 1 and 12000 and width * height <= 64000000
$$;

-- The segments up to the frame, which tells the size, and somewhere behind them an end.
create or replace function lab.is_jpeg(bytes bytea) returns boolean
language plpgsql immutable as $$
declare
    at integer := 2; -- of the segment's FF, counted from 0
    kind integer;
begin
    while at + 8 < length(bytes) and get_byte(bytes, at) = 255 loop
        kind := get_byte(bytes, at + 1);
        if kind = 255 then
            at := at + 1;
        elsif kind between 192 and 194 then
            return lab.is_picture_size(get_byte(bytes, at + 7) * 256 + get_byte(bytes, at + 8),
                                       get_byte(bytes, at + 5) * 256 + get_byte(bytes, at + 6))
                   and position('\xffd9'::bytea in substr(bytes, at + 1)) > 0;
        elsif kind < 192 or kind between 208 and 218 then
            return false;
        else
            at := at + 2 + get_byte(bytes, at + 2) * 256 + get_byte(bytes, at + 3);
        end if;
    end loop;
    return false;
end
$$;

create or replace function lab.is_picture(bytes bytea) returns boolean
language plpgsql immutable as $$
begin
    if bytes is null or length(bytes) not between 32 and 2097152 then
        return false;
    elsif substr(bytes, 1, 16) = '\x89504e470d0a1a0a0000000d49484452' then
        return lab.is_picture_size(('x' || encode(substr(bytes, 17, 4), 'hex'))::bit(32)::bigint,
                                   ('x' || encode(substr(bytes, 21, 4), 'hex'))::bit(32)::bigint)
               and substr(bytes, length(bytes) - 11) = '\x0000000049454e44ae426082';
    end if;
    return substr(bytes, 1, 3) = '\xffd8ff' and lab.is_jpeg(bytes);
end
$$;

create or replace function lab.require_picture(bytes bytea, field text) returns void
language plpgsql volatile as $$
begin
    if not lab.is_picture(bytes) then
        perform lab.refuse_field(field, 'must be a whole JPEG or PNG picture of at most 2 MiB, 12000 pixels a side and 64 '
                                 'million in all: take it anew, or save it smaller');
    end if;
end
$$;

create or replace function lab.guard_item_photo() returns trigger
language plpgsql volatile as $$
begin
    perform lab.require_picture(new.photo, 'photo');
    return new;
end
$$;

create or replace function lab.guard_institute_seal() returns trigger
language plpgsql volatile as $$
begin
    perform lab.require_picture(new.picture, 'picture');
    return new;
end
$$;

call lab.put_guard('{item_photo,institute_seal}', 'before insert');
call lab.put_guard('{institute_mark}', 'before insert', 'guard_institute_seal');

reset role;
