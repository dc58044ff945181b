package dev.lethe.requests.access.source.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/** The body of one answer, unpacked: one that has more bytes than it may is a failure and not its beginning. */
final class BoundedBody extends FilterInputStream {

    private final long limit;
    private final long wholeLimit;
    private final AtomicLong whole;
    private long read;

    /**
     * @param limit the most bytes of this one
     * @param whole how many bytes there were of all answers, counted on
     * @param wholeLimit the most of those
     */
    BoundedBody(InputStream body, long limit, AtomicLong whole, long wholeLimit) {
        super(body);
        this.limit = limit;
        this.whole = whole;
        this.wholeLimit = wholeLimit;
    }

    @Override
    public int read() throws IOException {
        int one = super.read();
        if (one >= 0) {
            count(1);
        }
        return one;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int some = super.read(bytes, offset, length);
        if (some > 0) {
            count(some);
        }
        return some;
    }

    private void count(int some) throws IOException {
        read += some;
        if (read > limit) {
            throw new Web.TooLarge("the answer is larger than %d bytes".formatted(limit));
        }
        if (whole.addAndGet(some) > wholeLimit) {
            throw new Web.TooLarge("its answers together are larger than %d bytes".formatted(wholeLimit));
        }
    }

    /** Nobody skips here: what is not counted is not read. */
    @Override
    public long skip(long count) throws IOException {
        return read(new byte[(int) Math.min(count, 8 * 1024)]);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
