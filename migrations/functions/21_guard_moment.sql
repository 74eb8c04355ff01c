-- SPDX-License-Identifier: Apache-2.0
-- When something happened is told by the clock of the database and by nobody else: what is written into the books of custody and
-- fees has a time between the begin of its transaction and now, against plain SQL too. What was done without the server has a time
-- of its own beside it (lab.receipt.taken_offline_at). `after`: the event before; where the clock was set back since, the next one
-- stands at that moment and not before it.
set role touchstone_owner;

create or replace function lab.require_moment(at timestamptz, after timestamptz default null) returns void
language plpgsql volatile as $$
declare
    slack constant interval := '1 second'; -- by so much a clock may be corrected meanwhile
    this_moment timestamptz := lab.ts_now();
    begun timestamptz := this_moment - (clock_timestamp() - transaction_timestamp()); -- later than now where the clock was set back
begin
    if at > greatest(this_moment, begun, after) + slack or at < least(this_moment, begun) - slack then
        perform lab.refuse(9, 'NOT_NOW', 'An event stands in the books at the time when it is written there: not before, not after.',
                           '', jsonb_build_object('at', at, 'now', this_moment));
    end if;
end
$$;

reset role;
