/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsoup/soup.h>

#include "bma-broker.h"
#include "bma-clock-dummy.h"
#include "bma-http-front.h"
#include "bma-http-server.h"
#include "bma-identity-dummy.h"
#include "bma-json.h"
#include "bma-keyring-dummy.h"
#include "bma-store-memory.h"

/* The HTTP front over a broker of dummies, a client, and an MCP server behind it, all in
 * one main loop. */
typedef struct _HttpFixture
{
  BmaClockDummy *clock;
  BmaStoreMemory *store;
  BmaKeyringDummy *keyring;
  BmaIdentityDummy *provider; /* NULL: the local user */
  BmaConfig *config;
  BmaBroker *broker;
  BmaHttpServer *server;
  SoupSession *client;
  SoupServer *upstream;
  BmaHttpFront *upstream_front;
  char *upstream_seen;     /* head of the last request there */
  unsigned int n_upstream; /* requests there */
  /* Answers there, instead of the usual answer. */
  void (*answer_upstream) (struct _HttpFixture *self, SoupServerMessage *message);
  char *origin;
} HttpFixture;

typedef struct
{
  unsigned int status;
  char *body;
  SoupMessage *message;
} HttpAnswer;

HttpFixture *http_fixture_new (const char *const *cors_origins);
HttpFixture *http_fixture_new_locked (void);
/* With a provider that people have to sign in with. */
HttpFixture *http_fixture_new_with_provider (void);
/* Every test ends here: no request may be left behind. */
void http_fixture_free (HttpFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpFixture, http_fixture_free)

void http_answer_free (HttpAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpAnswer, http_answer_free)

/* Further arguments: header names and values, ended by NULL. */
HttpAnswer *http_call (HttpFixture *self,
                       const char *method,
                       const char *path,
                       const char *content_type,
                       const char *body,
                       ...) G_GNUC_NULL_TERMINATED;
/* A callback that keeps the result in a GAsyncResult pointer. */
void http_keep_result (GObject *source, GAsyncResult *result, gpointer user_data);
const char *http_answer_header (HttpAnswer *self, const char *name);
char *http_answer_member (HttpAnswer *self, const char *name);
char *http_answer_location_parameter (HttpAnswer *self, const char *name);

#define FORM      "application/x-www-form-urlencoded"
#define VERIFIER  "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define REDIRECT  "http://127.0.0.1:7777/callback"

char *http_register (HttpFixture *self);
char *http_authorize_query (HttpFixture *self, const char *client_id, const char *more);
/* The consent form of a page, as a body to post; the cookie goes to *cookie. */
char *http_read_consent (HttpAnswer *page, const char *choice, char **cookie);
/* The answer to a pressed Allow of somebody who has to sign in. */
HttpAnswer *http_press_allow (HttpFixture *self, const char *client_id);
/* Of the cookies of an answer the one that binds a login. */
char *http_get_login_cookie (HttpAnswer *answer);
char *http_read_field (const char *html, const char *name);
/* From registration to the code. */
char *http_get_code (HttpFixture *self, const char *client_id);
char *http_get_code_for (HttpFixture *self, const char *query);
HttpAnswer *http_redeem (HttpFixture *self, const char *client_id, const char *code);
HttpAnswer *http_refresh (HttpFixture *self, const char *client_id, const char *token);
