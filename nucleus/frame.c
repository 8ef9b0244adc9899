/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame table: what each frame of RAM is, who refers to it, and its change of type.
 *
 *      RESERVED                 KOBJ (for ever)
 *      FREE --zeroed--> USER | USER_NC | PT(1..3) --no references, epoch passed--> FREE
 *
 * A frame is always zeroed on the way out of FREE, so its old content is never readable. Keeps
 * invariants 15 (references), 17 (with map.c), 18 (epoch before reuse) and 23.
 */
#include "nucleus.h"

u32 frame_kind(u32 frame) { return frames[frame].type_level & 15u; }

u32 frame_level(u32 frame) { return frames[frame].type_level >> 4; }

void frame_set(u32 frame, u32 type, u32 level)
{
    TOUCH(TOUCH_FRAME, frame);
    frames[frame].type_level = (u8)(type | level << 4);
}

bool frame_of_pfn(u64 pfn, u32 *frame)
{
    if (pfn < nuc.ram_base || pfn - nuc.ram_base >= nuc.ram_frames || PFN_IS_HOLE(pfn))
        return false;
    *frame = (u32)(pfn - nuc.ram_base);
    return true;
}

status region_span(u32 thread, u64 slot, u64 offset, u64 count, u32 rights, u64 *pfn, u32 *kind,
                   u32 *held)
{
    u32 at = cap_slot(thread, slot);
    u64 key = slots[at].key;
    u64 badge = slots[at].badge;
    status s = cap_check(key, FUT_TYPE_REGION, rights);
    u32 region = key_object(key);

    if (s != FUT_S_OK) return s;
    if (regions[region].kind == FUT_REGION_PORT) return FUT_S_TYPE; /* these are no frames */
    if (count == 0 || offset >= (u32)badge || count > (u32)badge - offset) return FUT_S_ARG;
    *pfn = regions[region].base + (badge >> 32) + offset;
    *kind = regions[region].kind;
    *held = key_rights(key);
    return FUT_S_OK;
}

status region_frame(u32 thread, u64 slot, u64 offset, u32 rights, u32 *frame)
{
    u64 pfn;
    u32 kind, held;
    status s = region_span(thread, slot, offset, 1, rights, &pfn, &kind, &held);

    if (s != FUT_S_OK) return s;
    return frame_of_pfn(pfn, frame) ? FUT_S_OK : FUT_S_FRAME;
}

/* May the frame become `type`? */
static status frame_type_check(u32 frame, u64 type, u64 level)
{
    u32 now = frame_kind(frame);
    bool down = type == FUT_FRAME_FREE;
    bool up = type == FUT_FRAME_USER || type == FUT_FRAME_USER_NC || type == FUT_FRAME_PT;

    if (!up && !down) return FUT_S_ARG;
    if (type == FUT_FRAME_PT ? level == 0 || level >= FUT_PT_LEVELS : level != 0) return FUT_S_ARG;
    if (up && now != FUT_FRAME_FREE) return FUT_S_FRAME;
    if (down && now != FUT_FRAME_USER && now != FUT_FRAME_USER_NC && now != FUT_FRAME_PT)
        return FUT_S_FRAME;
    if (frames[frame].ref != 0 || (now == FUT_FRAME_PT && frames[frame].owner != NO_FRAME))
        return FUT_S_BUSY;
    return epoch_passed(frames[frame].epoch) ? FUT_S_OK : FUT_S_QUIESCE;
}

status frame_type(u32 thread, u64 slot, u64 offset, u64 type, u64 level)
{
    u32 frame;
    status s = region_frame(thread, slot, offset, FUT_RIGHT_REGION_RETYPE, &frame);

    if (s == FUT_S_OK) s = frame_type_check(frame, type, level);
    if (s != FUT_S_OK) return s;
    if (type != FUT_FRAME_FREE) arch_frame_zero(frame);
    if (type == FUT_FRAME_USER_NC) arch_frame_uncache(frame);
    frame_set(frame, (u32)type, (u32)level);
    frames[frame].owner = NO_FRAME;
    frames[frame].index = 0;
    frames[frame].flags = 0;
    return FUT_S_OK;
}

status frame_info(u32 thread, u64 slot, u64 offset)
{
    u64 pfn;
    u32 frame, kind, held;
    status s = region_span(thread, slot, offset, 1, 0, &pfn, &kind, &held);

    if (s != FUT_S_OK) return s;
    if (frame_of_pfn(pfn, &frame)) {
        threads[thread].reg[REG_X0] =
            frame_kind(frame) | frame_level(frame) << 8 | (u32)frames[frame].flags << 16;
        threads[thread].reg[REG_X0 + 1] = frames[frame].ref;
        threads[thread].reg[REG_X0 + 2] = frames[frame].owner;
        threads[thread].reg[REG_X0 + 3] = frames[frame].index;
    } else {
        threads[thread].reg[REG_X0] = FUT_FRAME_DEVICE;
        threads[thread].reg[REG_X0 + 1] = 0;
        threads[thread].reg[REG_X0 + 2] = NO_FRAME;
        threads[thread].reg[REG_X0 + 3] = 0;
    }
    threads[thread].reg[REG_X0 + 4] = pfn;
    return FUT_S_OK;
}

status icache_sync(u32 thread, u64 slot, u64 offset)
{
    u32 frame;
    status s = region_frame(thread, slot, offset, 0, &frame);

    if (s != FUT_S_OK) return s;
    if (frame_kind(frame) != FUT_FRAME_USER) return FUT_S_FRAME;
    arch_frame_icache(frame);
    return FUT_S_OK;
}
