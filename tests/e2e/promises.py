"""The tables and columns the public contract promises, as far as this version fills them. Never shorten a list."""

PROMISED: dict[str, str] = {
    "cleansed.anggota": "periode id_dtks id_orang id_keluarga nik nik_asal no_kk no_kk_asal nama nama_asal "
    "tanggal_lahir jenis_kelamin tempat_lahir nama_ibu_kandung hub_keluarga kode_desa kode_kec kode_kab kode_prov "
    "alamat rt rw status_padan bobot alasan penjelasan ganda_dari status_penduduk sumber_berkas sumber_baris",
    "cleansed.keluarga": "periode id_keluarga no_kk kepala_keluarga kode_desa jumlah_anggota jumlah_padan "
    "status_keluarga",
    "link.anggota_dukcapil": "periode id_dtks nik_dukcapil keputusan bobot probabilitas aturan alasan penjelasan",
    "link.keluarga_dukcapil": "periode id_keluarga no_kk_dukcapil anggota_cocok anggota_dtks anggota_dukcapil bobot "
    "keputusan",
    "link.ganda": "periode id_dtks_a id_dtks_b jenis bobot",
    "quality.karantina": "periode sumber berkas lembar baris kode kolom nilai keterangan",
    "quality.temuan": "periode sumber id kode kolom keterangan kode_kab",
    "quality.rekonsiliasi": "periode sumber berkas sha256 baris_masuk baris_diterima baris_karantina selisih_baris "
    "nominal_masuk nominal_diterima nominal_karantina selisih_nominal",
    "quality.ringkasan_wilayah": "periode tingkat kode_wilayah kode jumlah persen",
    "mart.pembayaran": "program tahun tahap no_danom id_orang id_keluarga id_dtks nik nominal status_bayar tgl_bayar "
    "kode_kprk kode_desa kode_kec kode_kab kode_prov sumber_data temuan",
    "mart.realisasi": "program tahun tahap tingkat kode_wilayah nama_wilayah kpm_alokasi kpm_salur kpm_gagal kpm_belum "
    "nominal_alokasi nominal_transfer nominal_salur kpm_persen nominal_persen",
}
