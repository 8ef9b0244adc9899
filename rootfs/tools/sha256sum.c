/* SPDX-License-Identifier: Apache-2.0 */
/* sha256sum: prints or checks SHA-256 digests. */
#include <errno.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sha256 {
    uint32_t state[8];
    uint64_t length;
    unsigned char block[64];
};

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }

static void sha256_block(struct sha256 *sha)
{
    uint32_t w[64], s[8];
    for (size_t i = 0; i < 16; i++) {
        const unsigned char *b = sha->block + i * 4;
        w[i] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    }
    for (size_t i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
               (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    memcpy(s, sha->state, sizeof s);
    for (size_t i = 0; i < 64; i++) {
        uint32_t e = s[4], a = s[0];
        uint32_t t1 = s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
                      ((e & s[5]) ^ (~e & s[6])) + constants[i] + w[i];
        uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
                      ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof s[0]);
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (size_t i = 0; i < 8; i++)
        sha->state[i] += s[i];
}

static void sha256_begin(struct sha256 *sha)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(sha->state, start, sizeof start);
    sha->length = 0;
}

static void sha256_add(struct sha256 *sha, const unsigned char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        sha->block[sha->length++ % 64] = data[i];
        if (sha->length % 64 == 0) sha256_block(sha);
    }
}

static void sha256_end(struct sha256 *sha, char text[65])
{
    uint64_t bits = sha->length * 8;
    unsigned char byte = 0x80, size[8];
    do {
        sha256_add(sha, &byte, 1);
        byte = 0;
    } while (sha->length % 64 != 56);
    for (size_t i = 0; i < 8; i++)
        size[i] = (unsigned char)(bits >> (56 - 8 * i));
    sha256_add(sha, size, 8);
    for (size_t i = 0; i < 64; i++)
        text[i] = "0123456789abcdef"[sha->state[i / 8] >> (28 - i % 8 * 4) & 15];
    text[64] = '\0';
}

static bool sha256_input(struct in *in, char text[65])
{
    static unsigned char part[16384];
    struct sha256 sha;
    ssize_t n;
    sha256_begin(&sha);
    while ((n = read(in->fd, part, sizeof part)) != 0) {
        if (n < 0 && errno == EINTR) continue;
        in->failed = n < 0;
        if (n < 0) return false;
        sha256_add(&sha, part, (size_t)n);
    }
    sha256_end(&sha, text);
    return true;
}

static int sum_print(struct in *in, const char *name, void *context)
{
    char text[65];
    (void)context;
    if (!sha256_input(in, text)) return 1;
    out_fmt("%s  %s\n", text, name);
    return 0;
}

static int sum_check(struct in *in, const char *name, void *context)
{
    size_t length;
    char *line, text[65];
    int status = 0;
    (void)context;
    while ((line = in_line(in, &length)) != NULL) {
        struct in file;
        length -= line[length - 1] == '\n';
        if (length < 67 || line[64] != ' ') {
            tool_fail(name, "a line is not a digest with a name");
            status = 1;
            continue;
        }
        char *path = tool_alloc(length);
        memcpy(path, line + 66, length - 66);
        path[length - 66] = '\0';
        bool opened = in_open(&file, path);
        bool good = opened && sha256_input(&file, text) && memcmp(text, line, 64) == 0;
        if (opened) in_close(&file);
        out_fmt("%s: %s\n", path, good ? "OK" : "FAILED");
        status |= !good;
        free(path);
    }
    return status;
}

int main(int argc, char **argv)
{
    bool check = false;
    int option;
    tool_begin(argc, argv,
               "sha256sum [-c] [FILE...]\nPrints SHA-256 digests. -c: checks those that "
               "FILE lists.\n");
    while ((option = tool_option(argc, argv, "c")) != -1) {
        if (option == '?') return tool_usage();
        check = true;
    }
    return tool_end(tool_each_input(argc, argv, tool_index, check ? sum_check : sum_print, NULL));
}
