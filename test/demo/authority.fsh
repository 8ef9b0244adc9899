# SPDX-License-Identifier: Apache-2.0
# authority.fsh: what the guest may touch, a line each: its capabilities in the nucleus' table and what the capability manager
# keeps for it (slot, type, object, rights, origin; the badges, which tell sessions apart, are new in each life), then its
# edges in the graph of all authority.
cut -f 1-4,6 /proc/caps/guest
grep '^guest	' /proc/graph
