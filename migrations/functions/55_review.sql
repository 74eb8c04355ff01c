-- SPDX-License-Identifier: Apache-2.0
-- The review: a second person reads what a technician submitted.
set role touchstone_owner;

create or replace function lab.review_list_submitted_tests(who lab.actor, request jsonb) returns setof lab.test_row
language plpgsql volatile as $$
begin
    perform lab.require_role(who, request ->> 'laboratory');
    return query select * from lab.test_list(who, request, 'submitted', null, null);
end
$$;

-- Adds the decision; guard_review refuses the author.
create or replace function lab.review_decide(who lab.actor, request jsonb, decision text, comment text) returns lab.test
language plpgsql volatile as $$
declare
    taken lab.test := lab.test_taken(who, request);
begin
    perform lab.require_version(request, taken.version, jsonb_build_object('state', taken.state));
    perform lab.require_state(taken, 'submitted');
    perform lab.set_reason(comment);
    insert into lab.review (test_id, submission_no, laboratory, reviewer, decision, comment, at)
    values (taken.test_id, taken.submission_no, taken.laboratory, who.staff_id, decision, comment, lab.ts_now());
    return taken;
end
$$;

create or replace function lab.review_approve_test(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    taken lab.test := lab.review_decide(who, request, 'approve', coalesce(request ->> 'comment', ''));
begin
    -- The item's row first: of two reviewers the second sees the first one's approval and closes the item.
    perform from lab.item where item.item_code = taken.item_code for no key update;
    update lab.test set state = 'approved' where test.test_id = taken.test_id;
    if not exists (select from lab.test where test.item_code = taken.item_code
                   and test.state not in ('approved', 'cancelled', 'superseded')) then
        update lab.item set state = 'reviewed' where item.item_code = taken.item_code;
    end if;
    return lab.test_answer(taken.test_id);
end
$$;

create or replace function lab.review_send_back_test(who lab.actor, request jsonb) returns json
language plpgsql volatile as $$
declare
    why text := btrim(coalesce(request ->> 'reason', ''));
    taken lab.test;
begin
    if why = '' then
        perform lab.refuse_field('reason', 'is required');
    end if;
    taken := lab.review_decide(who, request, 'send_back', why);
    update lab.test set state = 'in_progress', sent_back_reason = why where test.test_id = taken.test_id;
    return lab.test_answer(taken.test_id);
end
$$;

reset role;
