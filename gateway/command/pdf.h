/* SPDX-License-Identifier: MIT */
/* pdf: a page as a PDF, by a browser that is installed. */
#ifndef COMMAND_PDF_H
#define COMMAND_PDF_H

#include "base/str.h"

/* Writes `html` as a PDF to `path`. False: a message on stderr says why, and what to do. */
bool pdf_print(struct str html, const char *path) __attribute__((warn_unused_result));

#endif
