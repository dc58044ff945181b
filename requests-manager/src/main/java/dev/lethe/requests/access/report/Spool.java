package dev.lethe.requests.access.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are put aside until a report is whole: in memory while they are few, then in a file that has lost its name before the first
 * byte is in it, under a key that only this object has. So nothing of a process that ends, however it ends, can be found or read.
 * Written by one thread, then read.
 */
final class Spool extends OutputStream {

    private static final int FIRST = 1 << 10;
    private static final int MOST_IN_MEMORY = 256 << 10;
    private static final int BLOCK = 64 << 10;
    /** Of AES. */
    private static final int CIPHER_BLOCK = 16;

    private final WorkSpace space;
    private byte[] memory = new byte[0];
    private int inMemory;
    private long inFile;
    private @Nullable FileChannel file;
    private @Nullable SecretKey key;
    private @Nullable Cipher encryption;
    private boolean closed;

    Spool(WorkSpace space) {
        this.space = space;
    }

    long size() {
        return inFile + inMemory;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        int next = from;
        int left = length;
        while (left > 0) {
            if (inMemory == memory.length) {
                makeRoom(left);
            }
            int some = Math.min(left, memory.length - inMemory);
            System.arraycopy(bytes, next, memory, inMemory, some);
            inMemory += some;
            next += some;
            left -= some;
        }
    }

    private void makeRoom(int wanted) throws IOException {
        if (closed) {
            throw new IOException("the spool is closed");
        }
        if (file == null) {
            int needed = (int) Math.min(MOST_IN_MEMORY + 1L, (long) inMemory + wanted);
            int larger = Math.max(FIRST, Math.max(2 * memory.length, Integer.highestOneBit(needed - 1) << 1));
            if (larger <= MOST_IN_MEMORY && space.takeMemory(larger - memory.length)) {
                memory = Arrays.copyOf(memory, larger);
                return;
            }
            open();
        }
        flushToFile();
        if (memory.length != BLOCK) {
            space.giveMemory(memory.length);
            memory = new byte[BLOCK];
            space.takeMemoryAnyway(BLOCK);
        }
    }

    private void open() throws IOException {
        file = space.openNameless();
        key = space.newKey();
        encryption = cipher(Cipher.ENCRYPT_MODE, key, 0);
    }

    private void flushToFile() throws IOException {
        byte[] encrypted = Objects.requireNonNull(encryption).update(memory, 0, inMemory);
        if (encrypted != null) {
            ByteBuffer rest = ByteBuffer.wrap(encrypted);
            while (rest.hasRemaining()) {
                Objects.requireNonNull(file).write(rest);
            }
            inFile += encrypted.length;
        }
        inMemory = 0;
    }

    /** Reads a part of what was written; nothing may be written meanwhile. */
    InputStream read(long from, long length) {
        return new Reading(from, from + length);
    }

    /** Gives everything back; what is read after it fails. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            space.giveMemory(memory.length);
            memory = new byte[0];
            inMemory = 0;
            if (file != null) {
                file.close();
            }
        }
    }

    /** Counter mode can begin at any block: the counter is the number of the block. */
    private static Cipher cipher(int mode, SecretKey key, long block) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(
                    mode,
                    key,
                    new IvParameterSpec(ByteBuffer.allocate(CIPHER_BLOCK)
                            .putLong(Long.BYTES, block)
                            .array()));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES in counter mode", e);
        }
    }

    private final class Reading extends InputStream {

        private final long end;
        private long next;
        private byte[] block = new byte[0];
        private int inBlock;
        private @Nullable Cipher decryption;

        private Reading(long from, long end) {
            this.next = from;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (next == end) {
                return -1;
            }
            if (closed) {
                throw new IOException("the spool is closed");
            }
            int some;
            if (next >= inFile) {
                some = (int) Math.min(length, end - next);
                System.arraycopy(memory, (int) (next - inFile), into, from, some);
            } else {
                if (inBlock == block.length) {
                    decryptBlock();
                }
                some = Math.min(length, block.length - inBlock);
                System.arraycopy(block, inBlock, into, from, some);
                inBlock += some;
            }
            next += some;
            return some;
        }

        private void decryptBlock() throws IOException {
            ByteBuffer encrypted = ByteBuffer.allocate((int) Math.min(BLOCK, Math.min(end, inFile) - next));
            while (encrypted.hasRemaining()) {
                if (Objects.requireNonNull(file).read(encrypted, next + encrypted.position()) < 0) {
                    throw new IOException("a file of a report under way is shorter than it was written");
                }
            }
            if (decryption == null) {
                decryption = cipher(Cipher.DECRYPT_MODE, Objects.requireNonNull(key), next / CIPHER_BLOCK);
                decryption.update(new byte[(int) (next % CIPHER_BLOCK)]);
            }
            block = Objects.requireNonNull(decryption.update(encrypted.array()));
            inBlock = 0;
        }
    }
}
