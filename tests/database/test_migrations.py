# SPDX-License-Identifier: Apache-2.0
"""Migrations: applied by a superuser or by the owner, the repeatable part again and again, without losing rights."""
import unittest

import psycopg2

from tests.database.case import DatabaseCase, shared_cluster
from tests.support import cluster


class Migrations(DatabaseCase):
    def snapshot(self, database):
        """What a migration must leave alike, whoever runs it and however often."""
        with database.connect() as connection, connection.cursor() as cursor:
            cursor.execute("select p.oid::regprocedure::text, rolname, proacl::text, md5(prosrc) from pg_proc p "
                           "join pg_roles r on r.oid = proowner where pronamespace in ('lab'::regnamespace, "
                           "'api'::regnamespace) union all select relname, rolname, relacl::text, '' from pg_class "
                           "join pg_roles r on r.oid = relowner where relnamespace = 'lab'::regnamespace "
                           "union all select tgrelid::regclass || '.' || tgname, tgenabled::text, '', '' from pg_trigger "
                           "where not tgisinternal order by 1")
            found = cursor.fetchall()
        connection.close()
        return found

    def test_the_repeatable_part_is_applied_again_over_a_used_database(self):
        before = self.snapshot(self.database)
        self.released()
        connection = self.database.connect(autocommit=False)
        cursor = connection.cursor()
        for _ in range(2):
            for path in cluster.migration_files():
                if path.parent.name == "functions":
                    cursor.execute(path.read_text(encoding="utf-8"))
            cursor.execute(cluster.wrappers_sql())
        connection.commit()
        connection.close()
        self.assertEqual(self.snapshot(self.database), before)
        self.released()

    def test_an_owner_who_is_no_superuser_can_migrate_a_database_made_for_it(self):
        fresh = shared_cluster().database(migrated=False)
        with fresh.connect() as connection, connection.cursor() as cursor:
            cursor.execute("alter role touchstone_owner login")
            cursor.execute(f"alter database {fresh.name} owner to touchstone_owner")
        connection.close()
        superuser, shared_cluster().superuser = shared_cluster().superuser, "touchstone_owner"
        try:
            cluster.migrate(fresh)
        finally:
            shared_cluster().superuser = superuser
        other = shared_cluster().database()
        self.assertEqual(self.snapshot(fresh), self.snapshot(other))

    def test_what_an_older_version_left_in_api_is_gone(self):
        database = shared_cluster().database()
        with database.connect() as connection, connection.cursor() as cursor:
            cursor.execute("create function api.stale() returns integer language sql as 'select 1'")
            cursor.execute("alter function api.stale() owner to touchstone_owner")
            for path in cluster.migration_files():
                if path.parent.name == "functions":
                    cursor.execute(path.read_text(encoding="utf-8"))
            cursor.execute("select to_regprocedure('api.stale()')")
            self.assertEqual(cursor.fetchone(), (None,))
        connection.close()

    def test_lists_that_version_6_answered_as_json_are_made_anew(self):
        """Their types change, and no migration may take them away before the functions are applied again."""
        database = shared_cluster().database(migrated=False)
        old = ["lab.test_view(ids uuid[], audience text)", "lab.bench_list_tests(who lab.actor, request jsonb)",
               "lab.review_list_submitted_tests(who lab.actor, request jsonb)",
               "lab.test_list(who lab.actor, request jsonb, wanted_state text, technician uuid, of_item text)"]
        with database.connect(autocommit=False) as connection, connection.cursor() as cursor:
            for path in cluster.migration_files():
                if path.name == "0007_rows.sql":
                    for function in old:
                        cursor.execute(f"create function {function} returns json language sql as 'select null::json'; "
                                       f"alter function {function} owner to touchstone_owner")
                cursor.execute(path.read_text(encoding="utf-8"))
                if path.name == "0007_rows.sql":
                    cursor.execute("select count(*) from pg_proc where proname in ('test_view', 'test_list', "
                                   "'bench_list_tests', 'review_list_submitted_tests')")
                    self.assertEqual(cursor.fetchone(), (4,))
            cursor.execute(cluster.wrappers_sql())
            cursor.execute("select proname, prorettype::regtype::text from pg_proc join pg_namespace on "
                           "pg_namespace.oid = pronamespace where nspname = 'lab' and proname in ('test_view', 'test_list', "
                           "'bench_list_tests', 'review_list_submitted_tests') order by 1")
            self.assertEqual(cursor.fetchall(), [(name, "lab.test_row") for name in
                                                 ("bench_list_tests", "review_list_submitted_tests", "test_list")])
        connection.close()

    def test_answers_that_version_5_kept_are_answered_by_this_one(self):
        database = shared_cluster().database(migrated=False)
        with database.connect(autocommit=False) as connection, connection.cursor() as cursor:
            for path in cluster.migration_files():
                if path.name == "0006_answers.sql":
                    cursor.execute(
                        "create function lab.test_view(ids uuid[]) returns table (place bigint, body jsonb) language sql "
                        "as 'select 1, ''{}''::jsonb'; create function lab.test_answer(of_test uuid) returns jsonb "
                        "language sql as 'select ''{}''::jsonb'; insert into lab.replay values ('BenchService.ClaimTest', "
                        "'key', gen_random_uuid(), 'hash', '', '{\"test\": {\"version\": 2}}', null, now())")
                cursor.execute(path.read_text(encoding="utf-8"))
            cursor.execute(cluster.wrappers_sql())
            cursor.execute("select answer, pg_typeof(answer)::text from lab.replay")
            self.assertEqual(cursor.fetchall(), [({"test": {"version": 2}}, "json")])
            cursor.execute("select prorettype::regtype::text from pg_proc where proname in ('test_view', 'test_answer')")
            self.assertEqual(cursor.fetchall(), [("json",)])
        connection.close()

    def test_numbered_migrations_are_not_applied_twice(self):
        for path in cluster.migration_files():
            if path.parent.name == "functions" or path.name == "0001_ground.sql":
                continue
            connection = self.database.connect(autocommit=False)
            with self.subTest(path.name), self.assertRaises(psycopg2.Error):
                connection.cursor().execute(path.read_text(encoding="utf-8"))
            connection.close()


if __name__ == "__main__":
    unittest.main()
