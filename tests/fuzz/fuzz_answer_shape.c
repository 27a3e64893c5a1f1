/* SPDX-License-Identifier: MIT */
/* Whatever an answer is: its shape stays within the ceilings, each path can be told, and the
 * skeleton made of it is JSON. */
#include <assert.h>

#include "joining/answer_shape.h"
#include "joining/source_skeleton.h"
#include "policy/document.h"

static void walk(const struct answer_shape *shape, struct arena *arena)
{
    size_t steps = 0;

    for (const struct shape *one = shape->root; one; one = shape_next(one), steps++)
        assert(shape_path(one, shape_list(one), arena).len > 0 || arena_is_full(arena));
    assert(steps == shape->steps + 1 && steps <= SHAPE_STEPS_MAX + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_new(64 << 20);
    const struct skeleton_spec spec = {.id = STR("a.b"),
                                       .dialect = STR("mapped"),
                                       .schema = STR("s"),
                                       .answer = str_make((const char *)bytes, len)};
    struct source_skeleton skeleton;
    struct answer_shape shape;
    struct faults faults;
    const char *wrong;
    struct str why;

    faults_init(&faults, arena);
    if (answer_shape_read(spec.answer, arena, &shape, &wrong))
        walk(&shape, arena);
    if (source_skeleton_make(&spec, arena, &skeleton, &why)) {
        struct document *document =
            document_parse(STR("m"), buf_str(&skeleton.bytes[SKELETON_MANIFEST]), &faults);
        assert(document || arena_is_full(arena));
        document_free(&document);
    }
    source_skeleton_clear(&skeleton);
    arena_free(&arena);
    return 0;
}
