// SPDX-License-Identifier: Apache-2.0
// Statements, checkpoints and status lists: what is asked is read and judged here, and then signed or refused
// with a reason that says what to do. Nothing is signed of whose meaning the signer is not sure.
#pragma once

#include "signer/signer.h"
#include "touchstone/internal/v1/helpers.pb-c.h"

struct arena;

// Each fills its field of the reply from the arena.
bool log_signing_statements(const struct signer *signer,
                            const Touchstone__Internal__V1__SignStatementsRequest *request,
                            struct arena *arena, Touchstone__Internal__V1__SignerReply *reply,
                            struct ts_error *error);
bool log_signing_checkpoint(const struct signer *signer,
                            const Touchstone__Internal__V1__SignCheckpointRequest *request,
                            struct arena *arena, Touchstone__Internal__V1__SignerReply *reply,
                            struct ts_error *error);
bool log_signing_status(const struct signer *signer,
                        const Touchstone__Internal__V1__SignStatusRequest *request, struct arena *arena,
                        Touchstone__Internal__V1__SignerReply *reply, struct ts_error *error);
// Origin, keys and mark.
bool log_signing_identity(const struct signer *signer, struct arena *arena,
                          Touchstone__Internal__V1__SignerReply *reply, struct ts_error *error);
