/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-key-source.h"

G_BEGIN_DECLS

/**
 * BmaKeySourceDummy:
 *
 * Keys of others that the test publishes. Nobody knows them before they were fetched, and
 * what can be fetched is for the test to say.
 */
#define BMA_TYPE_KEY_SOURCE_DUMMY (bma_key_source_dummy_get_type ())
G_DECLARE_FINAL_TYPE (
    BmaKeySourceDummy, bma_key_source_dummy, BMA, KEY_SOURCE_DUMMY, GObject)

BmaKeySourceDummy *bma_key_source_dummy_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* @key: nullable: from now on there is none. @place: an issuer or a jwks_uri */
void
bma_key_source_dummy_publish (BmaKeySourceDummy *self, const char *place, BmaKey *key);
void bma_key_source_dummy_set_down (BmaKeySourceDummy *self, gboolean is_down);
/* As if the floor had passed or the keys were too old: the next question wants a fetch.
 */
void bma_key_source_dummy_expire (BmaKeySourceDummy *self);
unsigned int bma_key_source_dummy_get_n_loads (BmaKeySourceDummy *self);

G_END_DECLS
