-- SPDX-License-Identifier: Apache-2.0
-- `touchstoned catalogue export`: each file's name and content.
-- pool: admin
select file, content from lab.catalogue_export() order by file
