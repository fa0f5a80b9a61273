/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <stdint.h>

typedef enum
{
  FAKE_ANSWER_AFTER,  /* Progress and Response after the reply */
  FAKE_ANSWER_BEFORE, /* Response before the reply */
  FAKE_ANSWER_NEVER,
  FAKE_ANSWER_VANISH, /* the name goes */
} FakeAnswer;

/* A service that says what a test wants. */
typedef struct
{
  GDBusConnection *bus; /* owned */
  unsigned int name_id;

  /* What to answer. */
  const char *token_error;  /* NAME of an error of GetToken, or NULL */
  const char *server_error; /* NAME of an error of all of Server1, or NULL */
  const char *secret_error; /* NAME of an error of SetSecret, or NULL */
  FakeAnswer answer;
  uint32_t response_code;
  const char *response_error; /* NAME, with response_code 2 */
  const char *findings;       /* text of an a(ssss) */
  const char *provider;
  const char *redirect_uri;

  /* What was asked. */
  void (*on_request) (gpointer user_data);
  gpointer user_data;
  unsigned int n_requests;
  unsigned int n_closed;
  unsigned int n_reloads;
  char *options; /* owned: of the last GetToken or RequestToken, as text */
  char *scopes;  /* owned */
  GString *log;  /* owned: methods on grants and clients */
  char *secret;  /* owned: what SetSecret got */
} FakeService;

FakeService *fake_service_new (const char *address);
void fake_service_free (FakeService *self);
