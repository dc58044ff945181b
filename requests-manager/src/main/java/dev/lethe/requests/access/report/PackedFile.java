package dev.lethe.requests.access.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file of the archive, compressed while it is written, so that the archive itself only has to be put together. One that fits into a
 * block is compressed by its writer when it ends; a longer one beside its writer, by a thread of its own.
 */
final class PackedFile extends OutputStream {

    private static final int FIRST = 2 << 10;
    static final int BLOCK = 64 << 10;

    private final String name;
    private final String mediaType;
    private final Spool spool;
    private final long start;
    private final Allowance allowance;
    private final Packing packing = new Packing();
    private byte[] buffer = new byte[FIRST];
    private int buffered;
    private long bytes;
    private @Nullable Press press;
    private boolean ended;

    /**
     * @param name in the archive
     * @param spool where it goes; between this and the end of this file nothing else may be written there
     */
    PackedFile(String name, String mediaType, Spool spool, Allowance allowance) {
        this.name = name;
        this.mediaType = mediaType;
        this.spool = spool;
        this.start = spool.size();
        this.allowance = allowance;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        int next = offset;
        int left = length;
        while (left > 0) {
            if (buffered == buffer.length) {
                makeRoom();
            }
            int some = Math.min(left, buffer.length - buffered);
            System.arraycopy(from, next, buffer, buffered, some);
            buffered += some;
            next += some;
            left -= some;
        }
    }

    private void makeRoom() throws IOException {
        if (buffer.length < BLOCK) {
            buffer = Arrays.copyOf(buffer, 2 * buffer.length);
            return;
        }
        count();
        if (press == null) {
            press = new Press(packing);
        }
        buffer = press.handOver(buffer, buffered);
        buffered = 0;
    }

    private void count() throws Allowance.Exceeded {
        allowance.take(buffered);
        bytes += buffered;
    }

    /** Compresses what is left; the file is whole when this has returned. */
    void end() throws IOException {
        count();
        if (press != null) {
            press.end(buffer, buffered);
        } else {
            packing.add(buffer, buffered);
            packing.end();
        }
        buffer = new byte[0];
        buffered = 0;
        ended = true;
    }

    /** If it was not ended, it never will be. What it wrote stays in the spool. */
    @Override
    public void close() {
        if (!ended && press != null) {
            press.stop();
        }
        packing.giveBack();
    }

    String name() {
        return name;
    }

    String mediaType() {
        return mediaType;
    }

    /** Before compression. */
    long bytes() {
        return bytes;
    }

    long compressedBytes() {
        return packing.end - start;
    }

    long crc() {
        return packing.crc.getValue();
    }

    String sha256() {
        return packing.sha256;
    }

    /** As it lies in the archive. */
    InputStream compressed() {
        return spool.read(start, compressedBytes());
    }

    /** As it was written. */
    InputStream plain() {
        return new InflaterInputStream(compressed(), new Inflater(true), BLOCK) {
            @Override
            public void close() throws IOException {
                super.close();
                inf.end();
            }
        };
    }

    /** Sums and compression, by one thread at a time. */
    final class Packing {

        private final MessageDigest digest = newSha256();
        private final CRC32 crc = new CRC32();
        private @Nullable Deflater deflater;
        private byte[] out = new byte[0];
        private long end;
        private String sha256 = "";

        void add(byte[] block, int length) throws IOException {
            digest.update(block, 0, length);
            crc.update(block, 0, length);
            Deflater compressing = deflater();
            compressing.setInput(block, 0, length);
            while (!compressing.needsInput()) {
                write(compressing);
            }
        }

        void end() throws IOException {
            Deflater compressing = deflater();
            compressing.finish();
            while (!compressing.finished()) {
                write(compressing);
            }
            sha256 = HexFormat.of().formatHex(digest.digest());
            end = spool.size();
            giveBack();
        }

        private Deflater deflater() {
            if (deflater == null) {
                deflater = Deflaters.take();
                out = new byte[press == null ? 8 << 10 : 32 << 10];
            }
            return deflater;
        }

        private void write(Deflater compressing) throws IOException {
            int length = compressing.deflate(out, 0, out.length);
            spool.write(out, 0, length);
        }

        private void giveBack() {
            if (deflater != null) {
                Deflaters.giveBack(deflater);
                deflater = null;
                out = new byte[0];
            }
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }
}
