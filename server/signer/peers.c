// SPDX-License-Identifier: Apache-2.0
// Channels and sockets, see peers.h. Requests are small and answered in under 3 ms, so peers wait for each
// other; a peer that says nothing is dropped by the socket's own time-out.
#include "signer/peers.h"

#include "helper/frame.h"
#include "signer/answer.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { PEERS_CEILING = 16, PEER_WAIT_SECONDS = 2 };

// One request and its reply. FRAME_BROKEN also when the reply could not be sent.
static enum frame_outcome serve_one(const struct signer *signer, int input, int output)
{
    uint8_t *request;
    size_t length, reply_length;
    enum frame_outcome outcome = frame_read(input, ANSWER_REQUEST_BYTES, &request, &length);
    if (outcome != FRAME_READ)
        return outcome;
    uint8_t *reply = answer_request(signer, request, length, &reply_length);
    bool sent = reply && frame_write(output, reply, reply_length);
    free(request);
    free(reply);
    return sent ? FRAME_READ : FRAME_BROKEN;
}

bool peers_serve_channel(const struct signer *signer, int input, int output)
{
    enum frame_outcome outcome;
    while ((outcome = serve_one(signer, input, output)) == FRAME_READ)
        ;
    return outcome == FRAME_END;
}

static bool is_allowed(int peer, uid_t user)
{
    struct ucred who;
    socklen_t size = sizeof who;
    if (getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
        return false;
    return who.uid == 0 || who.uid == user;
}

static void accept_peer(struct pollfd *polled, nfds_t *count, uid_t user)
{
    const struct timeval wait = {.tv_sec = PEER_WAIT_SECONDS};
    int peer = accept4(polled[0].fd, NULL, NULL, SOCK_CLOEXEC);
    if (peer < 0)
        return;
    bool limited = setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0 &&
                   setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0;
    if (!limited || !is_allowed(peer, user) || *count > PEERS_CEILING) {
        close(peer);
        return;
    }
    polled[(*count)++] = (struct pollfd){.fd = peer, .events = POLLIN};
}

void peers_serve_socket(const struct signer *signer, int listener, uid_t user)
{
    struct pollfd polled[PEERS_CEILING + 1] = {{.fd = listener, .events = POLLIN}};
    nfds_t count = 1;
    for (;;) {
        if (poll(polled, count, -1) < 0 && errno != EINTR)
            return;
        for (nfds_t i = count; i-- > 1;)
            if (polled[i].revents && serve_one(signer, polled[i].fd, polled[i].fd) != FRAME_READ) {
                close(polled[i].fd);
                polled[i] = polled[--count];
            }
        if (polled[0].revents)
            accept_peer(polled, &count, user);
    }
}

bool peers_listen(const char *path, bool others, int *ret_listener, struct ts_error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return error_set(error, TS_INVALID_ARGUMENT, "SOCKET", "the socket's path is longer than 107 bytes");
    strcpy(address.sun_path, path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t before = umask(0177);
    unlink(path); // of a signer that ended; a second one running here would lose its new peers, not its key
    bool bound = listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
                 chmod(path, others ? 0660 : 0600) == 0 && listen(listener, PEERS_CEILING) == 0;
    umask(before);
    if (!bound) {
        error_set(error, TS_FAILED_PRECONDITION, "SOCKET", "%s: %s", path, strerror(errno));
        if (listener >= 0)
            close(listener);
        return false;
    }
    *ret_listener = listener;
    return true;
}
