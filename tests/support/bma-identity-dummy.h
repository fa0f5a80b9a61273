/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-identity-provider.h"

G_BEGIN_DECLS

#define BMA_TYPE_IDENTITY_DUMMY (bma_identity_dummy_get_type ())
G_DECLARE_FINAL_TYPE (BmaIdentityDummy, bma_identity_dummy, BMA, IDENTITY_DUMMY, GObject)

typedef struct
{
  const char *email;  /* who got the last mail */
  const char *code;   /* of the last mail with one */
  const char *link;   /* of the last mail with one: query of the callback */
  const char *method; /* of the last exchange */
  unsigned int n_begins;
  unsigned int n_verifies;
} BmaIdentityDummyMail;

BmaIdentityDummy *bma_identity_dummy_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bma_identity_dummy_fail_with (BmaIdentityDummy *self, BmaIdentityError code);
void bma_identity_dummy_fail_to_begin (BmaIdentityDummy *self, int code);
void bma_identity_dummy_fail_to_verify (BmaIdentityDummy *self, int code);
void bma_identity_dummy_offer (BmaIdentityDummy *self, const char *methods);
BmaIdentityDummyMail bma_identity_dummy_get_mail (BmaIdentityDummy *self);
void bma_identity_dummy_fix_callback (BmaIdentityDummy *self);
void bma_identity_dummy_use_state (BmaIdentityDummy *self);
unsigned int bma_identity_dummy_get_n_exchanges (BmaIdentityDummy *self);

G_END_DECLS
