/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The inside of BmaDbusRequest, for bma-dbus-request*.c only. */

#include "bma-dbus-request.h"

G_BEGIN_DECLS

/* Codes of the signal Response. */
#define RESPONSE_DONE   0u
#define RESPONSE_DENIED 1u
#define RESPONSE_FAILED 2u

/* What became of it. */
typedef struct
{
  GDBusMethodInvocation *waiting; /* owned, nullable: a call of Await */
  GVariant *body;                 /* owned, nullable: not known yet */
  GUnixFDList *fds;               /* owned, nullable */
} BmaDbusOutcome;

struct _BmaDbusRequest
{
  GObject parent_instance;

  BmaDbusParts parts;        /* owned */
  BmaPeer *peer;             /* owned */
  BmaDbusOptions *options;   /* owned */
  char *path;                /* owned */
  BmaApproval *approval;     /* owned, nullable: the person is being asked */
  BmaSecret *pairing_key;    /* owned, nullable: goes to the caller with its token */
  GCancellable *cancellable; /* owned: ends what is under way */
  BmaDbusOutcome outcome;    /* for a caller that fetches it */
  unsigned int limit_id;     /* source */
  gboolean is_sign_in;
  gboolean has_told_stage;
  gboolean has_ended;
};

void bma_dbus_request_end (BmaDbusRequest *self);
void bma_dbus_request_forget_outcome (BmaDbusRequest *self);
void bma_dbus_request_send_signal (BmaDbusRequest *self,
                                   const char *name,
                                   GVariant *body,
                                   GUnixFDList *fds);
void bma_dbus_request_respond_empty (BmaDbusRequest *self, uint32_t code);
void bma_dbus_request_respond_error (BmaDbusRequest *self, GError *failure);
void bma_dbus_request_respond_token (BmaDbusRequest *self, const BmaLocalToken *token);

G_END_DECLS
