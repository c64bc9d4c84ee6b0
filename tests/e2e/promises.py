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
    "cleansed.koreksi": "periode id_dtks kolom nilai_asal nilai_usulan alasan bobot kode_kab",
    "mart.realisasi_harian": "program tahun tahap tingkat kode_wilayah tanggal kpm_salur_harian kpm_salur_kumulatif "
    "nominal_salur_kumulatif perkiraan_selesai",
    "mart.cakupan": "program tahap wilayah_total wilayah_dana_terkirim wilayah_tersalur",
    "mart.corong_kpm": "program tahap kpm_alokasi kpm_pembersihan kpm_disiapkan kpm_diserahkan kpm_salur kpm_gagal "
    "kpm_retur nominal_alokasi nominal_diserahkan nominal_salur nominal_gagal nominal_retur",
    "mart.bantuan_ganda": "jenis program_a program_b id_orang id_keluarga nominal kode_kab perintah_terlibat",
    "mart.kinerja_kprk": "kode_kprk program tahap tanggal kpm_salur kpm_gagal alasan_gagal salur_persen sisa",
    "mart.kinerja_pendamping": "periode_laporan id_pendamping keluarga anak_sekolah anak_sekolah_hadir naik_grade "
    "graduasi peringkat_kab",
    "mart.graduasi": "nik laporan_pertama graduasi_pertama status_kpm",
    "mart.mutu_data": "periode kode_wilayah baris padan_sebelum_persen padan_sesudah_persen nik_bermasalah "
    "kk_bermasalah peringkat jumlah_setara kode_terbanyak verifikasi_umur_bulan verifikasi_usang_persen "
    "periode_sebelumnya perubahan_padan_persen",
    "mart.alokasi": "program tahun tahap kode_wilayah kpm_alokasi nominal_alokasi tgl_transfer target_selesai",
    "mart.dim_wilayah": "kode_wilayah tingkat nama_wilayah kode_prov nama_prov kode_kab nama_kab kode_kec nama_kec",
    "mart.dim_program": "program nama_program sumber_dana",
    "mart.dim_tahap": "program tahun tahap mulai selesai",
    "mart.dim_kode": "sumber kode akibat arti tindakan",
    "mart.dim_waktu": "tanggal tahun_kalender triwulan bulan nama_hari",
}
