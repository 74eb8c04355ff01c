-- SPDX-License-Identifier: Apache-2.0
-- `touchstoned catalogue import`. The pack's lines as JSON, author, mode, preview.
-- pool: admin
select kind, file, line, place, message from lab.catalogue_import($1, $2, $3, $4)
