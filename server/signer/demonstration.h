// SPDX-License-Identifier: Apache-2.0
// A key and a self-signed certificate that nobody can take for a laboratory's.
#pragma once

#include "wire/error.h"

#include <stdbool.h>
#include <stddef.h>

// Both as one PEM text, freed by secret_file_free; the certificate begins at *ret_certificate.
bool demonstration_make(char **ret_pem, size_t *ret_length, size_t *ret_certificate, struct ts_error *error);
