-- SPDX-License-Identifier: Apache-2.0
-- The code that stands on a receipt or a queue number and that its holder has: drawn, and drawn again where somebody has it already.
set role touchstone_owner;

-- Eight signs of Crockford's base32: 40 random bits.
create or replace function lab.receipt_code_drawn() returns text
language plpgsql volatile as $$
declare
    bits bigint := ('x' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 10))::bit(40)::bigint;
begin
    return (select string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (bits >> (5 * place) & 31)::integer + 1, 1), '')
            from generate_series(0, 7) as place);
end
$$;

-- The drawn code, or another one while a receipt or a number has it: among a million of them one draw in a million.
create or replace function lab.receipt_code_free(drawn text) returns text
language plpgsql volatile as $$
begin
    while exists (select from lab.receipt where receipt.receipt_code = drawn)
          or exists (select from lab.ticket where ticket.ticket_code = drawn) loop
        drawn := lab.receipt_code_drawn();
    end loop;
    return drawn;
end
$$;

-- What both columns have by default.
create or replace function lab.new_receipt_code() returns text
language plpgsql volatile as $$
begin
    return lab.receipt_code_free(lab.receipt_code_drawn());
end
$$;
alter function lab.new_receipt_code() reset search_path; -- of its first version

reset role;
