-- SPDX-License-Identifier: Apache-2.0
-- A statement of its own: it cannot run in a transaction. Only the two roles may enter (cluster_connect.sql).
create database touchstone owner touchstone_owner;
