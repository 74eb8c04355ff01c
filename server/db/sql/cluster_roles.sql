-- SPDX-License-Identifier: Apache-2.0
-- Roles of a private cluster. They log in by peer and the map in pg_ident.conf only; none has a password.
do $$
begin
    if not exists (select from pg_roles where rolname = 'touchstone_owner') then
        create role touchstone_owner login;
    end if;
    if not exists (select from pg_roles where rolname = 'touchstone_daemon') then
        create role touchstone_daemon login;
    end if;
end $$;
