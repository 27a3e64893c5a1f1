/* SPDX-License-Identifier: MIT */
#include "policy/mapping_compile.h"

/* A value that a rule speaks of, as a slot of the rule's scope. */
struct use {
    struct scope *scope;
    uint16_t slot;
    struct use *next;
};

struct branch {
    struct str name, uri;
    bool is_attribute;
    struct branch *outer, *first, **end, *next;
    struct branch *every;
    struct use *uses;
    struct scope *scope; /* opened here */
    uint8_t list;
};

static struct branch *branch_new(struct compiling *c, struct branch *outer)
{
    struct branch *branch =
        c->branch_count < MAPPING_STEPS_MAX ? ARENA_NEW(c->arena, struct branch) : NULL;

    if (!branch)
        return NULL;
    branch->outer = outer;
    branch->end = &branch->first;
    c->branch_count++;
    return branch;
}

static struct scope *scope_new(struct compiling *c, struct scope *outer, struct branch *branch)
{
    struct scope *scope =
        c->scope_count < MAPPING_SCOPES_MAX ? ARENA_NEW(c->arena, struct scope) : NULL;

    if (!scope)
        return NULL;
    scope->outer = outer;
    scope->branch = branch;
    scope->depth = outer ? outer->depth + 1 : 0;
    scope->index = (uint16_t)c->scope_count;
    c->scopes[c->scope_count++] = scope;
    branch->scope = scope;
    return scope;
}

void paths_init(struct compiling *c)
{
    c->root = branch_new(c, NULL);
    if (c->root)
        scope_new(c, NULL, c->root);
}

/* ---- one step ---- */

struct step {
    struct str name, uri;
    bool is_attribute, is_every;
};

/* "~1" is "/", "~0" is "~" (RFC 6901). False: another escape. */
static bool unescape(struct compiling *c, struct str *name)
{
    char *text;
    size_t len = 0;

    if (str_find_byte(*name, '~') == name->len)
        return true;
    text = arena_alloc(c->arena, name->len);
    if (!text)
        return false;
    for (size_t i = 0; i < name->len; i++) {
        if (name->at[i] != '~') {
            text[len++] = name->at[i];
            continue;
        }
        i++;
        if (i == name->len || (name->at[i] != '0' && name->at[i] != '1'))
            return false;
        text[len++] = name->at[i] == '0' ? '~' : '/';
    }
    *name = str_make(text, len);
    return true;
}

/* "name", "prefix:name" or "{uri}name", each perhaps behind "@". */
static bool parse_element(struct compiling *c, struct node node, struct str *rest,
                          struct step *step)
{
    struct str name;

    if (rest->len > 0 && rest->at[0] == '@') {
        step->is_attribute = true;
        *rest = str_skip(*rest, 1);
    }
    if (rest->len > 0 && rest->at[0] == '{') {
        struct str behind = str_skip(*rest, 1);
        step->uri = str_split(&behind, '}');
        *rest = behind;
    }
    name = rest->at ? str_split(rest, '/') : STR_NONE;
    if (!step->uri.at && str_find_byte(name, ':') < name.len) {
        struct str prefix = str_split(&name, ':');
        char key[128];

        if (prefix.len >= sizeof key)
            return false;
        memcpy(key, prefix.at, prefix.len);
        key[prefix.len] = '\0';
        step->uri = compile_str(c, node_member(c->namespaces, key, c->faults));
        if (!step->uri.at) {
            node_fault(node, c->faults, "the prefix \"%s\" is not among \"namespaces\"", key);
            return true;
        }
    }
    step->name = name;
    if (!step->uri.at)
        step->uri = STR("");
    return name.len > 0 && str_find_byte(name, ':') == name.len &&
           !(step->is_attribute && rest->at);
}

static bool parse_step(struct compiling *c, struct node node, struct str *rest, struct step *step)
{
    *step = (struct step){.uri = STR("")};
    if (rest->len > 0 && rest->at[0] == '*' && (rest->len == 1 || rest->at[1] == '/')) {
        step->is_every = true;
        (void)str_split(rest, '/');
        return true;
    }
    if (c->format == MAPPING_XML) {
        step->uri = STR_NONE;
        return parse_element(c, node, rest, step);
    }
    step->name = str_split(rest, '/');
    return unescape(c, &step->name);
}

/* ---- a walk ---- */

static bool is_step(const struct branch *branch, const struct step *step)
{
    return branch->is_attribute == step->is_attribute && str_equal(branch->name, step->name) &&
           str_equal(branch->uri, step->uri);
}

static const char *grow(struct compiling *c, struct branch *from, const struct step *step,
                        struct branch **to)
{
    size_t count = 0;

    if (step->is_every) {
        if (from->first)
            return "\"*\" stands where another path has a name";
        if (!from->every)
            from->every = branch_new(c, from);
        *to = from->every;
        return *to ? NULL : "more paths than a mapping may have";
    }
    if (from->every)
        return "a name stands where another path has \"*\"";
    for (*to = from->first; *to; *to = (*to)->next, count++)
        if (is_step(*to, step))
            return NULL;
    if (count == MAPPING_CHILDREN_MAX || !(*to = branch_new(c, from)))
        return "more paths than a mapping may have";
    (*to)->name = arena_copy(c->arena, step->name);
    (*to)->uri = arena_copy(c->arena, step->uri);
    (*to)->is_attribute = step->is_attribute;
    *from->end = *to;
    from->end = &(*to)->next;
    return NULL;
}

static unsigned depth_of(const struct branch *branch)
{
    unsigned depth = 0;

    for (; branch->outer; branch = branch->outer)
        depth++;
    return depth;
}

/* NULL: a fault was added. `list` unless NULL becomes the last branch before the elements begin to
 * be many. */
static struct branch *walk(struct compiling *c, struct node node, struct str text,
                           struct branch *from, bool may_repeat, struct branch **list)
{
    const char *form = c->format == MAPPING_JSON
                           ? "expected a path as \"/sager/0/titel\" (JSON Pointer)"
                           : "expected a path as \"/s:Svar/s:Sag/@nr\"";
    struct str rest = text;

    if (list)
        *list = NULL;
    if (str_equal(text, STR("."))) {
        if (list)
            *list = from;
        return from;
    }
    if (text.len < 2 || text.at[0] != '/') {
        node_fault(node, c->faults, "%s", form);
        return NULL;
    }
    (void)str_split(&rest, '/');
    while (rest.at) {
        struct step step;
        const char *why;

        if (!parse_step(c, node, &rest, &step)) {
            node_fault(node, c->faults, "%s", form);
            return NULL;
        }
        if (step.is_every && !may_repeat) {
            node_fault(node, c->faults,
                       "\"*\" stands for many values: only \"at\" of items and of "
                       "parts may have it");
            return NULL;
        }
        if (list && !*list && (step.is_every || (c->format == MAPPING_XML && !rest.at)))
            *list = from;
        why = grow(c, from, &step, &from);
        if (!why && depth_of(from) > MAPPING_DEPTH_MAX)
            why = "the path has too many steps";
        if (why) {
            node_fault(node, c->faults, "%s", why);
            return NULL;
        }
    }
    if (list && !*list)
        *list = from;
    return from;
}

bool paths_value(struct compiling *c, struct node node, struct str text, struct scope *scope,
                 struct mapping_path *path)
{
    struct branch *branch;
    struct use *use;

    *path = (struct mapping_path){.text = arena_copy(c->arena, text)};
    for (; text.len > 0 && text.at[0] == '^'; text = str_skip(text, 1)) {
        if (!scope->outer) {
            node_fault(node, c->faults, "\"^\" leads out of the answer");
            return false;
        }
        scope = scope->outer;
        path->up++;
    }
    branch = walk(c, node, text, scope->branch, false, NULL);
    if (!branch)
        return false;
    for (use = branch->uses; use && use->scope != scope; use = use->next)
        ;
    if (!use) {
        use = scope->slot_count < MAPPING_SLOTS_MAX ? ARENA_NEW(c->arena, struct use) : NULL;
        if (!use) {
            node_fault(node, c->faults, "more than %d values of one element", MAPPING_SLOTS_MAX);
            return false;
        }
        *use = (struct use){scope, scope->slot_count++, branch->uses};
        branch->uses = use;
        c->use_count++;
    }
    path->slot = use->slot;
    return true;
}

static bool is_within(const struct branch *branch, const struct branch *outer)
{
    while (branch && branch != outer)
        branch = branch->outer;
    return branch != NULL;
}

/* Would an element of the one stand within an element of the other, without the rules saying so? */
static bool is_tangled(const struct compiling *c, const struct branch *branch,
                       const struct scope *outer)
{
    const struct branch *around = branch->outer;

    while (!around->scope)
        around = around->outer;
    if (around->scope != outer)
        return true;
    for (size_t i = 1; i < c->scope_count; i++)
        if (c->scopes[i]->outer == outer && c->scopes[i]->branch != branch &&
            is_within(c->scopes[i]->branch, branch))
            return true;
    return false;
}

struct scope *paths_scope(struct compiling *c, struct node node, struct scope *outer, uint8_t *list)
{
    struct str text = compile_str(c, node);
    struct branch *branch, *first = NULL;

    if (!text.at)
        return NULL;
    branch = walk(c, node, text, outer->branch, true, list ? &first : NULL);
    if (!branch)
        return NULL;
    if (list && first->list == 0) {
        if (c->list_count == MAPPING_LISTS_MAX) {
            node_fault(node, c->faults, "more than %d lists of items", MAPPING_LISTS_MAX);
            return NULL;
        }
        first->list = (uint8_t)++c->list_count;
    }
    if (list)
        *list = first->list;
    if (branch == outer->branch)
        return outer;
    if (is_tangled(c, branch, outer))
        node_fault(
            node, c->faults,
            "another rule reads elements around or within these: put the one into the other");
    else if (branch->scope || scope_new(c, outer, branch))
        return branch->scope;
    else
        node_fault(node, c->faults, "more elements than a mapping may speak of");
    return NULL;
}

/* ---- as arrays ---- */

struct finishing {
    struct mapping_step *steps;
    struct mapping_slot *slots;
    size_t step_count, slot_count;
};

/* "0", "12": an array's index. */
static uint16_t position_of(struct str name)
{
    enum { POSITION_MAX = 999 };
    uint64_t position;

    if (!str_to_u64(name, POSITION_MAX, &position) || (name.len > 1 && name.at[0] == '0'))
        return MAPPING_NONE;
    return (uint16_t)position;
}

/* Recursion is bounded by MAPPING_DEPTH_MAX. `scope`: the one that is open around the branch. */
static void emit(struct finishing *f, const struct branch *branch, size_t at,
                 const struct scope *scope)
{
    struct mapping_step *step = &f->steps[at];
    const struct branch *child;
    size_t first;

    scope = branch->scope ? branch->scope : scope;
    *step = (struct mapping_step){
        .name = branch->name,
        .uri = branch->uri,
        .every = MAPPING_NONE,
        .first_slot = (uint16_t)f->slot_count,
        .scope = branch->scope && branch->scope->outer ? branch->scope->index : MAPPING_NONE,
        .position = position_of(branch->name),
        .list = branch->list,
        .is_attribute = branch->is_attribute};
    for (const struct use *use = branch->uses; use; use = use->next, step->slot_count++)
        f->slots[f->slot_count++] =
            (struct mapping_slot){use->slot, (uint8_t)(scope->depth - use->scope->depth)};
    step->leaf = step->slot_count == 1 && f->slots[step->first_slot].up == 0 && !branch->first &&
                         !branch->every && step->scope == MAPPING_NONE
                     ? f->slots[step->first_slot].slot
                     : MAPPING_NONE;
    first = f->step_count;
    for (child = branch->first; child; child = child->next)
        step->child_count++;
    step->first_child = (uint16_t)first;
    f->step_count += step->child_count;
    if (branch->every) {
        step->every = (uint16_t)f->step_count++;
        emit(f, branch->every, step->every, scope);
    }
    for (child = branch->first; child; child = child->next)
        emit(f, child, first++, scope);
}

bool paths_finish(struct compiling *c, struct mapping *mapping)
{
    struct mapping_scope *scopes = arena_calloc(c->arena, c->scope_count, sizeof *scopes);
    struct finishing f = {
        .steps = arena_calloc(c->arena, c->branch_count, sizeof *f.steps),
        .slots = arena_calloc(c->arena, c->use_count + 1, sizeof *f.slots),
        .step_count = 1,
    };

    if (!scopes || !f.steps || !f.slots)
        return false;
    emit(&f, c->root, 0, c->scopes[0]);
    for (size_t i = 0; i < c->scope_count; i++)
        scopes[i] =
            (struct mapping_scope){c->scopes[i]->slot_count,
                                   c->scopes[i]->outer ? c->scopes[i]->outer->index : MAPPING_NONE};
    mapping->steps = f.steps;
    mapping->slots = f.slots;
    mapping->scopes = scopes;
    return true;
}
