-- SPDX-License-Identifier: Apache-2.0
-- `touchstoned log recover`: receipts and labels of the time that a restored database lost are with consumers and on items, and
-- stand in no public file. Both series go on behind a gap that is wider than what can have been given out; the history says why.
set role touchstone_owner;

-- So many receipts of every desk, in each year since the last one that is known, and twenty codes for each: the most items
-- that a receipt has. What a preview does is rolled back, but for a sequence: it is not touched then.
create or replace function lab.log_recover_skip(gap integer, really boolean) returns table (what text)
language plpgsql volatile as $$
declare
    this_moment timestamptz := lab.ts_now();
    since timestamptz := least(coalesce((select max(receipt.received_at) from lab.receipt), this_moment), this_moment);
    codes bigint := 20 * gap::bigint * (select count(*) from lab.desk);
    place record;
    before integer;
    number text;
begin
    if gap not between 0 and 100000 then
        perform lab.refuse_field('skip', 'is a number of receipts between 0 and 100000');
    elsif gap = 0 then
        return;
    end if;
    perform lab.act_as('{"actor": "touchstoned", "method": "log_recover"}');
    perform lab.set_reason('skipped: may have been given out in the time that the database lost');
    for place in select desk.desk, year::integer as year
                 from lab.desk cross join generate_series(extract(year from lab.local_time(since))::integer,
                                                          extract(year from lab.local_time(this_moment))::integer) as year
                 order by 1, 2 loop
        before := coalesce((select counter.last from lab.receipt_counter as counter
                            where counter.desk = place.desk and counter.year = place.year), 0);
        for taken in 1..gap loop
            number := lab.number_next('receipt', place.desk, make_timestamptz(place.year, 7, 1, 0, 0, 0));
        end loop;
        perform lab.history_add('receipt_counter', format('%s-%s', place.desk, place.year), 'update', null,
                                jsonb_build_object('last', before), jsonb_build_object('last', before + gap));
    end loop;
    if really then
        perform setval('lab.item_code_seq', nextval('lab.item_code_seq') + codes);
    end if;
    what := format('receipts go on %s numbers further at every desk, and codes of items %s further, so that none of the lost time '
                   'is given out twice: take what it had in anew.', gap, codes);
    return next;
end
$$;

reset role;
