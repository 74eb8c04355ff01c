// SPDX-License-Identifier: Apache-2.0
// Who asks: the daemon on a channel it made, or daemons on a Unix socket, told by their user.
#pragma once

#include "signer/signer.h"

#include <stdbool.h>
#include <sys/types.h>

// Frames on two descriptors until the other side ends. False when a frame was broken.
bool peers_serve_channel(const struct signer *signer, int input, int output);
// Accepts on a listening socket for ever; only peers of `user` or root are answered.
void peers_serve_socket(const struct signer *signer, int listener, uid_t user);
// Binds with mode 0600, or 0660 when another user is to be let in.
bool peers_listen(const char *path, bool others, int *ret_listener, struct ts_error *error);
