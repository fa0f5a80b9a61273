/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

char *bma_peer_unit_parse (const char *cgroup, uint32_t uid) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
