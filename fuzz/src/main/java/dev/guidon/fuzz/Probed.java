package dev.guidon.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jacoco.core.instr.Instrumenter;
import org.jacoco.core.runtime.IExecutionDataAccessorGenerator;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Loads Guidon's classes anew: those that are measured with JaCoCo's probes in them, and one of
 * them, if a bug is planted, with that bug. The shipped code has no switch for either.
 */
final class Probed extends ClassLoader {
  private static final AtomicInteger LOADERS = new AtomicInteger();

  private final int id = LOADERS.incrementAndGet();
  private final Measured measured;
  private final @Nullable Planted bug;
  private final Instrumenter instrumenter;

  Probed(Measured measured, @Nullable Planted bug) {
    super(Probed.class.getClassLoader());
    this.measured = measured;
    this.bug = bug;
    int loader = id;
    this.instrumenter =
        new Instrumenter(
            new IExecutionDataAccessorGenerator() {
              @Override
              public int generateDataAccessor(
                  long classId, String name, int count, MethodVisitor code) {
                code.visitLdcInsn(loader);
                code.visitLdcInsn(classId);
                code.visitLdcInsn(name);
                code.visitLdcInsn(count);
                code.visitMethodInsn(
                    Opcodes.INVOKESTATIC,
                    "dev/guidon/fuzz/Probes",
                    "array",
                    "(IJLjava/lang/String;I)[Z",
                    /* isInterface= */ false);
                return 5;
              }
            });
  }

  Probes probes() {
    return Probes.of(id);
  }

  void forget() {
    Probes.forget(id);
  }

  Target target(Class<? extends Target> type) {
    try {
      return (Target) loadClass(type.getName()).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type.getName(), e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    boolean ours = name.startsWith("dev.guidon.") && !isOfTheLoop(name);
    if (!ours) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> found = findLoadedClass(name);
      return found == null ? define(name) : found;
    }
  }

  private static boolean isOfTheLoop(String name) {
    return name.startsWith("dev.guidon.fuzz.") && !name.startsWith("dev.guidon.fuzz.targets.");
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    String file = name.replace('.', '/') + ".class";
    URL place = getResource(file);
    if (place == null) {
      throw new ClassNotFoundException(name);
    }
    try (InputStream in = place.openStream()) {
      byte[] bytes = in.readAllBytes();
      if (bug != null && bug.isIn(name)) {
        bytes = bug.plant(bytes);
      }
      if (measured.includes(name, place)) {
        bytes = instrumenter.instrument(bytes, name);
      }
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  /** The packages of a target, with what is below them. */
  record Measured(List<String> packages) {
    boolean includes(String className, URL place) {
      // What a module's tests bring along is no part of what is measured.
      return !place.getPath().contains("tests.jar")
          && !place.getPath().contains("/test-classes/")
          && packages.stream().anyMatch(prefix -> className.startsWith(prefix + "."));
    }
  }
}
