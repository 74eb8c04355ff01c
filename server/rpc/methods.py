#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads methods.csv, the one table of all RPCs, and writes what follows from it.

  --sql   the `api` wrappers: the only functions that the daemon's role may execute for a call with a
          session. Each checks session and permission, replays by key, and only then acts.
  --h/--c the table of statements and methods for the daemon.
  --messages the request and answer of every method of the schema, those of gRPC's own services too, without
          what carries them out: for the fuzzer.
With --descriptors the table is held against the schema: an RPC without a row, or a row without an
RPC, fails the build. Called by meson and by the tests.
"""
import argparse
import csv
import pathlib
import re
import sys

ROLES = ["reception", "technician", "reviewer", "signatory", "manager", "quality", "auditor", "administrator"]
ADMIN = "admin"  # not of the pool: run by the admin commands over the owner's connection
POOLS = {"read": "DB_READ", "search": "DB_SEARCH", "write": "DB_WRITE", "slow": "DB_SLOW"}


def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


class Method:
    def __init__(self, row):
        self.service, self.method = row["service"], row["method"]
        self.name = f"{self.service}.{self.method}"
        self.path = f"/touchstone.v1.{self.service}/{self.method}"
        self.function = snake(self.service.removesuffix("Service")) + "_" + snake(self.method)
        self.session = row["session"] == "yes"
        self.write = row["effect"] == "write"
        self.pool, self.blobs, self.rows, self.step = row["pool"], row["blobs"], row["rows"], row["step"]
        self.list = self.rows.removesuffix("_row") + "s"  # the response's field
        self.roles = [role for role in ROLES if row[role] == "x"]
        if self.pool not in POOLS:
            sys.exit(f"methods.csv: {self.name}: pool '{self.pool}' is none of {', '.join(POOLS)}")
        if self.rows and (self.write or self.blobs or self.step or not self.session):
            sys.exit(f"methods.csv: {self.name}: rows are answered by a plain read only")
        if self.session and not self.roles:
            sys.exit(f"methods.csv: {self.name}: nobody may call it")


def read_methods(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [Method(row) for row in csv.DictReader(file)]


def check_against_schema(methods, descriptors):
    from google.protobuf import descriptor_pb2
    files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(descriptors).read_bytes())
    schema = {f"{service.name}.{method.name}" for file in files.file if file.package == "touchstone.v1"
              for service in file.service for method in service.method}
    rows = [method.name for method in methods]
    wrong = [f"{name}: an RPC without a row in methods.csv" for name in sorted(schema - set(rows))]
    wrong += [f"{name}: a row without an RPC" for name in sorted(set(rows) - schema)]
    wrong += [f"{name}: two rows" for name in sorted(set(rows)) if rows.count(name) > 1]
    if wrong:
        sys.exit("\n".join(wrong))


READ = """
create or replace function api.{function}(token_hash bytea, request jsonb)
returns table (answer json, blob bytea)
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $wrapper$
declare
    who lab.actor := lab.auth_require(token_hash, '{name}', '{{{roles}}}');
begin
    return query select {call};
end
$wrapper$;
"""

# The same act as READ's, for the daemon; that one stays for daemons of the version before, which go on while this one
# takes over, and for whoever reads with psql.
ROWS = """
create or replace function api.{function}_rows(token_hash bytea, request jsonb) returns setof lab.{rows}
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $wrapper$
declare
    who lab.actor := lab.auth_require(token_hash, '{name}', '{{{roles}}}');
begin
    return query select * from lab.{function}(who, request);
end
$wrapper$;
"""

WRITE = """
create or replace function api.{function}(token_hash bytea, request_id text, request_hash bytea,
                                          request jsonb, blobs bytea[])
returns table (answer json, refusal jsonb)
language plpgsql volatile security definer set search_path = lab, pg_catalog, pg_temp as $wrapper$
declare
    who lab.actor := lab.auth_require(token_hash, '{name}', '{{{roles}}}');
    kept lab.kept;
    code text;
    reason text;
    field text;
    message text;
    metadata text;
begin
    kept := lab.replay_begin(who, '{name}', request_id, request_hash);
    if kept.answer is not null or kept.refusal is not null then
        return query select kept.answer, kept.refusal;
        return;
    end if;
    begin
        kept.answer := json_strip_nulls({call});
    exception when others then
        get stacked diagnostics code = returned_sqlstate, reason = constraint_name, field = column_name,
                                message = message_text, metadata = pg_exception_detail;
        if code not like 'TS0%' then
            raise;
        end if;
        kept.refusal := jsonb_build_object('status', right(code, 2)::int, 'reason', reason, 'message', message,
                                           'field', field, 'metadata', metadata);
    end;
    perform lab.replay_keep(who, '{name}', request_id, request_hash, kept.answer, kept.refusal);
    return query select kept.answer, kept.refusal;
end
$wrapper$;
"""

TAIL = """
revoke all on all functions in schema api from public;
grant usage on schema api to touchstone_daemon;
grant execute on all functions in schema api to touchstone_daemon;

reset role;
"""


def sql_wrapper(method):
    template = WRITE if method.write else READ
    if method.rows:
        template = READ + ROWS
        call = (f"json_strip_nulls(json_build_object('{method.list}', coalesce(json_agg(one), '[]'),\n"
                f"        'next_page_token', max(one.next_page_token))), null::bytea from lab.{method.function}(who, request) as one")
    elif method.blobs == "out":
        call = f"json_strip_nulls(found.answer), found.blob from lab.{method.function}(who, request) as found"
    elif method.write:
        call = f"lab.{method.function}(who, request{', blobs' if method.blobs == 'in' else ''})"
    else:
        call = f"json_strip_nulls(lab.{method.function}(who, request)), null::bytea"
    return template.format(function=method.function, name=method.name, roles=",".join(method.roles), call=call,
                           rows=method.rows)


def write_sql(methods):
    out = ["-- SPDX-License-Identifier: Apache-2.0\n-- Generated by methods.py from methods.csv: do not edit.\nset role touchstone_owner;\n"]
    out += [sql_wrapper(method) for method in methods if method.session]
    return "".join(out) + TAIL


def read_statements(methods, folder):
    """name, sql, parameter count, pool: the wrappers first, then one statement per file."""
    rows = []
    for method in methods:
        if method.session and method.write:
            rows.append((method.function, f"select answer, refusal from api.{method.function}($1, $2, $3, $4, $5)", 5,
                         POOLS[method.pool]))
        elif method.session:
            read = f"* from api.{method.function}_rows" if method.rows else f"answer, blob from api.{method.function}"
            rows.append((method.function, f"select {read}($1, $2)", 2, POOLS[method.pool]))
    for path in sorted(pathlib.Path(folder).glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        pool = re.search(r"^-- pool: (\w+)$", text, re.M)
        if not pool or pool.group(1) not in (*POOLS, ADMIN):
            sys.exit(f"{path}: needs a line '-- pool: read|search|write|slow|admin'")
        sql = " ".join(line.split("--")[0].strip() for line in text.splitlines()).strip().rstrip(";")
        count = max((int(n) for n in re.findall(r"\$(\d+)", sql)), default=0)
        rows.append((path.stem, sql, count, POOLS.get(pool.group(1), ADMIN)))
    return rows


def of_pool(statements):
    return [row for row in statements if row[3] != ADMIN]


def of_admin(statements):
    return [row for row in statements if row[3] == ADMIN]


def write_h(statements):
    enum = "".join(f"    STATEMENT_{name.upper()},\n" for name, _, _, _ in of_pool(statements))
    admin = "".join(f"extern const char statement_{name}[];\n" for name, _, _, _ in of_admin(statements))
    return f"""// SPDX-License-Identifier: Apache-2.0
// Generated by rpc/methods.py: do not edit.
#pragma once

#include "db/pool.h"

enum statement_index {{
{enum}    STATEMENT_COUNT
}};

extern const struct db_statement statement_table[STATEMENT_COUNT];

// Run by the admin commands as the schema's owner.
{admin}"""


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def message_symbol(name, package="touchstone.v1"):
    """protoc-c's own rule: an underscore only where a capital follows a small letter."""
    return f"{package.replace('.', '__')}__{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', name).lower()}__descriptor"


def write_c(methods, statements):
    out = ["// SPDX-License-Identifier: Apache-2.0\n// Generated by rpc/methods.py: do not edit.\n",
           '#include "lab/statements.h"\n#include "lab/steps.h"\n#include "rpc/method.h"\n#include "rpc/sql_step.h"\n']
    out += [f'#include "touchstone/v1/{snake(s.removesuffix("Service"))}.pb-c.h"\n'
            for s in sorted({m.service for m in methods})]
    out.append("\nconst struct db_statement statement_table[STATEMENT_COUNT] = {\n")
    out += [f"    {{{c_string(name)}, {c_string(sql)}, {count}, {pool}, {str(pool != 'DB_WRITE').lower()}}},\n"
            for name, sql, count, pool in of_pool(statements)]
    out.append("};\n\n")
    out += [f"const char statement_{name}[] = {c_string(sql)};\n" for name, sql, _, _ in of_admin(statements)]
    out.append("\nconst struct rpc_method method_table[] = {\n")
    for m in methods:
        statement = f"STATEMENT_{m.function.upper()}" if m.session else "STATEMENT_COUNT"
        step = f"step_{m.step}" if m.step else "rpc_step_sql"
        flags = [f".needs_session = {str(m.session).lower()}", f".is_write = {str(m.write).lower()}",
                 f".takes_blobs = {str(m.blobs == 'in').lower()}",
                 f".answers_rows = {str(bool(m.rows)).lower()}",
                 f".streams_reply = {str(m.blobs == 'out').lower()}"]
        out.append(f'    {{.path = "{m.path}",\n     .name = "{m.name}",\n'
                   f"     .request = &{message_symbol(m.method + 'Request')},\n"
                   f"     .response = &{message_symbol(m.method + 'Response')},\n"
                   f"     .statement = {statement},\n     {', '.join(flags)},\n     .step = {step}}},\n")
    out.append("};\n\nconst size_t method_table_count = sizeof method_table / sizeof method_table[0];\n")
    return "".join(out)


def write_messages(descriptors):
    from google.protobuf import descriptor_pb2
    files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(descriptors).read_bytes())
    out = ["// SPDX-License-Identifier: Apache-2.0\n// Generated by rpc/methods.py: do not edit.\n", '#include "rpc/method.h"\n']
    out += [f'#include "{file.name.removesuffix(".proto")}.pb-c.h"\n' for file in files.file if file.service]
    out.append("\nconst struct rpc_method message_table[] = {\n")
    for file in files.file:
        for method in (method for service in file.service for method in service.method):
            request, response = (message_symbol(name.rpartition(".")[2], name.rpartition(".")[0].removeprefix("."))
                                 for name in (method.input_type, method.output_type))
            out.append(f"    {{.request = &{request},\n     .response = &{response}}},\n")
    out.append("};\n\nconst size_t message_table_count = sizeof message_table / sizeof message_table[0];\n")
    return "".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table")
    parser.add_argument("--descriptors")
    parser.add_argument("--statements", help="folder of statement files")
    parser.add_argument("--sql", action="store_true")
    parser.add_argument("--h", action="store_true")
    parser.add_argument("--c", action="store_true")
    parser.add_argument("--messages", action="store_true")
    parser.add_argument("--output")
    options = parser.parse_args()
    methods = read_methods(options.table)
    if options.descriptors:
        check_against_schema(methods, options.descriptors)
    if options.sql:
        text = write_sql(methods)
    elif options.messages:
        text = write_messages(options.descriptors)
    else:
        statements = read_statements(methods, options.statements)
        text = write_h(statements) if options.h else write_c(methods, statements)
    if options.output:
        pathlib.Path(options.output).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


main()
