/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-exchange.h"
#include "bma-gateway.h"
#include "bma-message.h"
#include "bma-outcome.h"
#include "bma-sse.h"

G_BEGIN_DECLS

/**
 * BmaCallPurpose:
 * @BMA_CALL_MESSAGE: a message of the program
 * @BMA_CALL_RENEWAL: our own, for a session that is gone
 * @BMA_CALL_LISTEN: what the server says by itself
 * @BMA_CALL_DELETE: the end of the session
 *
 * What an HTTP request is for.
 */
typedef enum
{
  BMA_CALL_MESSAGE,
  BMA_CALL_RENEWAL,
  BMA_CALL_LISTEN,
  BMA_CALL_DELETE,
} BmaCallPurpose;

typedef struct _BmaCall BmaCall;

/**
 * BmaCallWatch:
 * @get_session: the session and the protocol version that it has to name
 * @get_fields: further header fields
 * @on_message: takes a message of the server
 * @on_session: the server gave a session
 * @on_over: it is over; with a text for a person if it failed
 * @on_session_gone: it was refused because the session is gone
 *
 * What a call asks and tells.
 */
typedef struct
{
  void (*get_session) (BmaCall *call,
                       const char **session_id,
                       const char **version,
                       gpointer user_data);
  char *(*get_fields) (BmaCall *call, gpointer user_data);
  void (*on_message) (BmaCall *call, const char *text, size_t length, gpointer user_data);
  void (*on_session) (BmaCall *call, const char *session_id, gpointer user_data);
  void (*on_over) (BmaCall *call, const char *problem, gpointer user_data);
  void (*on_session_gone) (BmaCall *call, gpointer user_data);
} BmaCallWatch;

/**
 * BmaCall:
 *
 * A message on its way to the server, until it is answered, through whatever comes
 * between.
 */
struct _BmaCall
{
  BmaCallPurpose purpose;
  BmaMessage *message;       /* owned, nullable */
  BmaGateway *gateway;       /* owned */
  const BmaCallWatch *watch; /* static */
  gpointer user_data;        /* not owned */

  GCancellable *cancellable; /* owned */
  BmaExchange *exchange;     /* owned, nullable: under way */
  BmaSse *sse;               /* owned, nullable: the answer is a stream */
  GString *body;             /* owned: the answer, if it is none */
  char *session_id;          /* owned, nullable: which it names */
  char *last_event_id;       /* owned, nullable */
  int64_t retry_ms;
  int64_t head_us;          /* when the head of a good answer came; 0: it did not */
  int64_t failing_since_us; /* 0: it does not */
  unsigned int timer_id;    /* source */
  unsigned int n_tries;
  gboolean is_paused;
  gboolean is_resuming;
  gboolean is_answered;
  gboolean is_too_long;
  gboolean was_renewed;
  gboolean was_reopened;
  gboolean was_stepped_up;
  gboolean is_over;
};

BmaCall *bma_call_new (BmaCallPurpose purpose,
                       BmaMessage *message,
                       BmaGateway *gateway,
                       const BmaCallWatch *watch,
                       gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
BmaCall *bma_call_ref (BmaCall *self);
void bma_call_unref (BmaCall *self);
void bma_call_start (BmaCall *self);
void bma_call_cancel (BmaCall *self);
void bma_call_pause (BmaCall *self, gboolean is_paused);
void bma_call_drain (BmaCall *self);
void bma_call_break (BmaCall *self, const char *why);
gboolean bma_call_wants_answer (const BmaCall *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaCall, bma_call_unref)

/* Between bma-call.c and bma-call-end.c. */
void bma_call_end_exchange (BmaCall *self, const GError *error);
void bma_call_end_open (BmaCall *self, const GError *error);

G_END_DECLS
