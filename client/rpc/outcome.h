// SPDX-License-Identifier: Apache-2.0
// How a call ended, as far as the client can know: whether it was sent at all matters as much as what
// was answered.
#pragma once

#include "wire/error.h"

enum rpc_fate {
    // A status came from the server; error.status TS_OK is success.
    RPC_ANSWERED,
    // Surely not sent: repeating is safe.
    RPC_NOT_SENT,
    // Sent, and no answer came: a write may have been done or not.
    RPC_NO_ANSWER,
    // An answer came, and could not be taken: it is malformed, or too much for this machine.
    RPC_NOT_TAKEN,
    // The server's certificate, TLS version or protocol was not acceptable; nothing was sent.
    RPC_UNTRUSTED,
    // SIGINT, SIGTERM, SIGHUP or SIGQUIT while waiting; a write that was on its way may have been done.
    RPC_INTERRUPTED,
};

struct rpc_outcome {
    enum rpc_fate fate;
    struct ts_error error;
};
